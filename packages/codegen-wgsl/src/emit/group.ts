/**
 * Shaders with one workgroup for each iteration of the grid. Outside of inner loops all invocations compute the same;
 * SIMD loops and reductions are shared among them, and a single store is done by the first.
 */

import { InternalError, kernel as k } from "@fluxion/ir";
import type { GroupMapping } from "../plan/mapping.ts";
import type { WgslLimits } from "../types.ts";
import { groupNumber, workgroupGrid } from "./dispatch.ts";
import { Emitter } from "./emitter.ts";
import { assemble, type Written } from "./flat.ts";
import { foldGroup, foldLanes, identityText, named, Partials, startsFromIdentity } from "./fold.ts";
import { type Launch, ShaderText } from "./shader.ts";
import type { Usage } from "./slots.ts";
import { type Lanes, registerOf, typeText, type Value, widen } from "./text.ts";

interface Loop {
  readonly var: k.LoopVar;
  readonly extent: number;
}

class GroupEmitter extends Emitter {
  readonly size: number;
  readonly lid: string;
  readonly partials: Partials;
  /** Whether all invocations are at the same place with the same values. */
  #together: boolean;

  constructor(shader: ShaderText, size: number, lid: string) {
    super(shader);
    this.size = size;
    this.lid = lid;
    this.partials = new Partials(shader, size);
    this.#together = size > 1;
  }

  override statement(stmt: k.Stmt): void {
    if (!this.#together) super.statement(stmt);
    else if (stmt.kind === "for" && stmt.mode === "simd") this.#sharedLoop(stmt);
    else if (stmt.kind === "reduce") this.#sharedReduce(stmt);
    else if (stmt.kind === "store") {
      this.block(`if (${this.lid} == 0u)`, () => super.statement(stmt));
      if (stmt.to instanceof k.Tile) this.writer.line("workgroupBarrier();");
    } else if (stmt.kind === "if" || stmt.kind === "while")
      throw new InternalError("a workgroup does not branch; the mapping must not share such a loop");
    else super.statement(stmt);
  }

  /** Runs what each invocation does by itself. */
  #alone(inside: () => void): void {
    this.#together = false;
    inside();
    this.#together = true;
  }

  /** Four neighbours at once where every invocation still has some to do. */
  #lanesFor(loops: readonly Loop[], body: readonly k.Stmt[], everyInvocation: boolean): Lanes {
    const total = loops.reduce((product, { extent }) => product * extent, 1);
    const last = loops[loops.length - 1];
    const plain = (list: readonly k.Stmt[]): boolean =>
      list.every((stmt) => stmt.kind !== "if" && stmt.kind !== "while" && k.bodiesOf(stmt).every(plain));
    if (last.extent % 4 !== 0 || !plain(body)) return 1;
    return total / 4 >= (everyInvocation ? this.size : this.size / 2) ? 4 : 1;
  }

  #sharedLoop(stmt: Extract<k.Stmt, { kind: "for" }>): void {
    const loops = [stmt];
    const lanes = this.#lanesFor(loops, stmt.body, false);
    this.#alone(() => this.#strided(loops, lanes, undefined, () => this.statements(stmt.body)));
    if (storesTile(stmt.body)) this.writer.line("workgroupBarrier();");
  }

  /**
   * Iterations lid, lid + size, … of the loops taken as one; in vectors if `lanes` is 4. With `first` that runs for the
   * first iteration of every invocation, and `inside` for the others.
   */
  #strided(loops: readonly Loop[], lanes: Lanes, first: (() => void) | undefined, inside: () => void): void {
    const total = loops.reduce((product, { extent }) => product * extent, 1);
    const last = loops[loops.length - 1];
    const step = this.size * lanes;
    const start = lanes === 1 ? `i32(${this.lid})` : `i32(${this.lid}) * ${lanes}`;
    this.laneVariable = lanes === 4 ? last.var : undefined;
    const at = this.names.fresh(loops.length === 1 ? last.var.name : "t");
    if (first !== undefined) {
      const origin = this.names.fresh("first");
      this.block("", () => {
        this.writer.line(`let ${origin} = ${start};`);
        this.#bindLoops(loops, origin);
        first();
      });
    }
    const begin = first === undefined ? start : `${start} + ${step}`;
    this.block(`for (var ${at}: i32 = ${begin}; ${at} < ${total}; ${at} += ${step})`, () => {
      this.#bindLoops(loops, at);
      inside();
    });
    this.laneVariable = undefined;
  }

  /** The variables of nested loops from their common counter. */
  #bindLoops(loops: readonly Loop[], at: string): void {
    let stride = loops.reduce((product, { extent }) => product * extent, 1);
    loops.forEach(({ var: variable, extent }, i) => {
      stride /= extent;
      if (loops.length === 1) {
        this.variables.set(variable, at);
        return;
      }
      const quotient = stride === 1 ? `u32(${at})` : `u32(${at}) / ${stride}u`;
      const name = this.names.fresh(variable.name);
      this.writer.line(`let ${name} = i32(${i === 0 ? quotient : `(${quotient}) % ${extent}u`});`);
      this.variables.set(variable, name);
    });
  }

  #sharedReduce(stmt: k.ReduceStmt): void {
    const { combine, init } = stmt;
    const total = stmt.loops.reduce((product, { extent }) => product * extent, 1);
    if (total === 0) {
      stmt.accumulators.forEach((local, i) => {
        this.bind(local, this.expr(init[i]));
      });
      return;
    }
    const partial = this.#partialResults(stmt);
    const whole = foldGroup(this, this.partials, combine, partial, this.lid);
    const initial = init.map((expr) => this.expr(expr));
    const results = startsFromIdentity(combine, init) ? whole : this.combine(combine, initial, whole);
    stmt.accumulators.forEach((local, i) => {
      this.bind(local, results[i]);
    });
  }

  /** The fold of every invocation's own elements. */
  #partialResults(stmt: k.ReduceStmt): Value[] {
    const { combine, init, loops } = stmt;
    const identity = identityText(combine, init);
    if (identity !== undefined) this.library.scan(identity);
    const lanes = this.#lanesFor(loops, stmt.body, identity === undefined);
    const accumulators = stmt.accumulators.map((local): Value => {
      const type = registerOf(local.dtype);
      const name = this.names.fresh(local.name);
      const start = identity === undefined ? undefined : widen({ text: identity, lanes: 1 }, type, lanes);
      this.writer.line(`var ${name}: ${typeText(type, lanes)}${start === undefined ? "" : ` = ${start}`};`);
      return { text: name, lanes };
    });
    const elements = (): Value[] => {
      this.statements(stmt.body);
      return stmt.elements.map((expr) => this.expr(expr));
    };
    const begin = (): void =>
      elements().forEach((value, i) => {
        const type = registerOf(stmt.accumulators[i].dtype);
        this.writer.line(`${accumulators[i].text} = ${widen(value, type, lanes)};`);
      });
    this.#alone(() =>
      this.#strided(loops, lanes, identity === undefined ? begin : undefined, () =>
        this.accumulate(combine, accumulators, elements()),
      ),
    );
    return lanes === 1 ? accumulators : named(this, combine, foldLanes(this, combine, accumulators));
  }
}

function storesTile(body: readonly k.Stmt[]): boolean {
  return body.some(
    (stmt) => (stmt.kind === "store" && stmt.to instanceof k.Tile) || k.bodiesOf(stmt).some(storesTile),
  );
}

export function groupShader(launch: Launch, mapping: GroupMapping, limits: WgslLimits): Written {
  const probe = write(launch, mapping, limits);
  const shader = write(launch, mapping, limits, probe.usages);
  const workgroups = workgroupGrid(mapping.extent, limits);
  const grid = `a workgroup of ${mapping.size} for each of ${mapping.extent} iterations`;
  return assemble(launch.kernel, shader, grid, workgroups, mapping.size);
}

function write(
  launch: Launch,
  mapping: GroupMapping,
  limits: WgslLimits,
  plans?: readonly Usage[],
): ShaderText {
  const shader = new ShaderText(launch, plans);
  const { kernel } = launch;
  if (kernel.kind === "loops") for (const tile of kernel.tiles) shader.tile(tile);
  const lid = shader.builtin("lid", "u32", "local_invocation_index");
  const emitter = new GroupEmitter(shader, mapping.size, lid);
  const grid = workgroupGrid(mapping.extent, limits);
  const name = shader.names.fresh(mapping.variable.name);
  if (mapping.extent > 1) {
    const wid = shader.builtin("wid", "vec3<u32>", "workgroup_id");
    shader.writer.line(`let ${name} = i32(${groupNumber(grid).replaceAll("wid", wid)});`);
    if (grid[1] > 1) shader.writer.line(`if (${name} >= ${mapping.extent}) { return; }`);
  } else shader.writer.line(`let ${name} = 0;`);
  emitter.variables.set(mapping.variable, name);
  emitter.statements(mapping.body);
  return shader;
}
