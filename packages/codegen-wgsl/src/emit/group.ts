/**
 * Shaders with one workgroup for each iteration of the grid. Outside of inner loops all invocations compute the same;
 * SIMD loops and reductions are shared among them, and a single store is done by the first.
 *
 * Or with one invocation for each iteration, which then shares with nobody: the same code with teams of one.
 */

import { InternalError, kernel as k } from "@fluxion/ir";
import type { TeamMapping } from "../plan/mapping.ts";
import type { WgslLimits } from "../types.ts";
import { groupNumber, workgroupGrid } from "./dispatch.ts";
import { Emitter } from "./emitter.ts";
import { assemble, type Written } from "./flat.ts";
import { foldGroup, foldLanes, foldSubgroups, identityTexts, named, Partials, startsFrom } from "./fold.ts";
import { type Launch, ShaderText } from "./shader.ts";
import type { Usage } from "./slots.ts";
import { type Lanes, registerOf, typeText, type Value, widen } from "./text.ts";

interface Loop {
  readonly var: k.LoopVar;
  readonly extent: number;
}

class TeamEmitter extends Emitter {
  /** Invocations that share an iteration of the grid. */
  readonly size: number;
  readonly lid: string;
  readonly partials: Partials;
  /** Whether all invocations are at the same place with the same values. */
  #together = true;

  constructor(shader: ShaderText, size: number, lid: string, limits: WgslLimits) {
    super(shader);
    this.size = size;
    this.lid = lid;
    this.partials = new Partials(shader, size, limits);
  }

  override statement(stmt: k.Stmt): void {
    if (!this.#together) super.statement(stmt);
    else if (stmt.kind === "for" && stmt.mode === "simd") this.#sharedLoop(stmt);
    else if (stmt.kind === "reduce" && stmt.loops.length > 0) this.#sharedReduce(stmt);
    else if (stmt.kind === "reduce") this.reduce(stmt);
    else if (this.size === 1) super.statement(stmt);
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

  /** Four neighbours at once where most invocations still have some to do. */
  #lanesFor(loops: readonly Loop[], body: readonly k.Stmt[]): Lanes {
    const total = loops.reduce((product, { extent }) => product * extent, 1);
    const last = loops[loops.length - 1];
    const plain = (list: readonly k.Stmt[]): boolean =>
      list.every((stmt) => stmt.kind !== "if" && stmt.kind !== "while" && k.bodiesOf(stmt).every(plain));
    return last.extent % 4 === 0 && plain(body) && total / 4 >= this.size / 2 ? 4 : 1;
  }

  #sharedLoop(stmt: Extract<k.Stmt, { kind: "for" }>): void {
    const lanes = this.#lanesFor([stmt], stmt.body);
    this.#alone(() => this.#strided([stmt], lanes, () => this.statements(stmt.body)));
    if (this.size > 1 && storesTile(stmt.body)) this.writer.line("workgroupBarrier();");
  }

  /** Iterations lid, lid + size, … of the loops taken as one; in vectors if `lanes` is 4. */
  #strided(loops: readonly Loop[], lanes: Lanes, inside: () => void): void {
    const total = loops.reduce((product, { extent }) => product * extent, 1);
    const last = loops[loops.length - 1];
    const step = this.size * lanes;
    const own = lanes === 1 ? `i32(${this.lid})` : `i32(${this.lid}) * ${lanes}`;
    const start = this.size === 1 ? "0" : own;
    this.laneVariable = lanes === 4 ? last.var : undefined;
    const at = this.names.fresh(loops.length === 1 ? last.var.name : "t");
    this.block(`for (var ${at}: i32 = ${start}; ${at} < ${total}; ${at} += ${step})`, () => {
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
    const identities = identityTexts(stmt);
    if (identities === undefined && this.size === 1) {
      this.#alone(() => this.reduce(stmt));
      return;
    }
    const partial = identities === undefined ? this.#inOrder(stmt) : this.#inAnyOrder(stmt, identities);
    const exchanges = identities !== undefined && this.partials.hasRuns && canExchange(combine);
    const fold = exchanges ? foldSubgroups : foldGroup;
    const whole = fold(this, this.partials, combine, partial, this.lid);
    const known = identities !== undefined && startsFrom(identities, init);
    const initial = known ? [] : init.map((expr) => this.expr(expr));
    const results = known ? whole : this.combine(combine, initial, whole);
    stmt.accumulators.forEach((local, i) => {
      this.bind(local, results[i]);
    });
  }

  #elements(stmt: k.ReduceStmt): Value[] {
    this.statements(stmt.body);
    return stmt.elements.map((expr) => this.expr(expr));
  }

  /** The fold of every n-th element, n the invocations, in vectors where possible. */
  #inAnyOrder(stmt: k.ReduceStmt, identities: readonly string[]): Value[] {
    const { combine, loops } = stmt;
    const lanes = this.#lanesFor(loops, stmt.body);
    const accumulators = stmt.accumulators.map(({ name, dtype }, i): Value => {
      this.library.scan(identities[i]);
      const start = widen({ text: identities[i], lanes: 1 }, registerOf(dtype), lanes);
      return { text: this.declare(name, dtype, start, lanes), lanes };
    });
    this.#alone(() =>
      this.#strided(loops, lanes, () => this.accumulate(combine, accumulators, this.#elements(stmt))),
    );
    return lanes === 1 ? accumulators : named(this, combine, foldLanes(this, combine, accumulators));
  }

  /** The fold of a run of neighbours, one run for each invocation; none is empty. */
  #inOrder(stmt: k.ReduceStmt): Value[] {
    const { combine, loops } = stmt;
    const total = loops.reduce((product, { extent }) => product * extent, 1);
    const [share, rest] = [Math.floor(total / this.size), total % this.size];
    const accumulators = stmt.accumulators.map(({ name, dtype }): Value => {
      const text = this.names.fresh(name);
      this.writer.line(`var ${text}: ${typeText(registerOf(dtype), 1)};`);
      return { text, lanes: 1 };
    });
    const start = this.names.fresh("start");
    const end = this.names.fresh("end");
    const more =
      rest === 0 ? ["", ""] : [` + min(${this.lid}, ${rest}u)`, ` + select(0, 1, ${this.lid} < ${rest}u)`];
    this.writer.line(`let ${start} = i32(${this.lid} * ${share}u${more[0]});`);
    this.writer.line(`let ${end} = ${start} + ${share}${more[1]};`);
    this.#alone(() => {
      this.block("", () => {
        this.#bindLoops(loops, start);
        this.#elements(stmt).forEach((value, i) => {
          this.writer.line(`${accumulators[i].text} = ${value.text};`);
        });
      });
      const at = this.names.fresh("t");
      this.block(`for (var ${at} = ${start} + 1; ${at} < ${end}; ${at}++)`, () => {
        this.#bindLoops(loops, at);
        this.accumulate(combine, accumulators, this.#elements(stmt));
      });
    });
    return accumulators;
  }
}

/** Invocations exchange numbers, but no bools. */
const canExchange = ({ lhs }: k.Combine): boolean => lhs.every(({ dtype }) => registerOf(dtype) !== "bool");

function storesTile(body: readonly k.Stmt[]): boolean {
  return body.some(
    (stmt) => (stmt.kind === "store" && stmt.to instanceof k.Tile) || k.bodiesOf(stmt).some(storesTile),
  );
}

export function teamShader(launch: Launch, mapping: TeamMapping, limits: WgslLimits): Written {
  const count = mapping.kind === "group" ? mapping.extent : Math.ceil(mapping.extent / mapping.size);
  const workgroups = workgroupGrid(count, limits);
  const probe = write(launch, mapping, workgroups, limits);
  const shader = write(launch, mapping, workgroups, limits, probe.usages);
  const grid =
    mapping.kind === "group"
      ? `a workgroup of ${mapping.size} for each of ${mapping.extent} iterations`
      : `an invocation for each of ${mapping.extent} iterations, ${workgroups.join(" × ")} workgroups of ${mapping.size}`;
  return assemble(launch.kernel, shader, grid, workgroups, mapping.size);
}

function write(
  launch: Launch,
  mapping: TeamMapping,
  workgroups: Written["workgroups"],
  limits: WgslLimits,
  plans?: readonly Usage[],
): ShaderText {
  const shader = new ShaderText(launch, plans);
  const { kernel } = launch;
  const alone = mapping.kind === "lone";
  if (kernel.kind === "loops")
    for (const tile of kernel.tiles) shader.tile(tile, alone ? "function" : "workgroup");
  const emitter = new TeamEmitter(shader, alone ? 1 : mapping.size, "lid", limits);
  emitter.variables.set(mapping.variable, iteration(shader, mapping, workgroups));
  emitter.statements(mapping.body);
  return shader;
}

/** Defines the variable of the grid; invocations beyond it end here. Its name. */
function iteration(shader: ShaderText, mapping: TeamMapping, workgroups: Written["workgroups"]): string {
  const { writer } = shader;
  const { kind, extent, size } = mapping;
  const name = shader.names.fresh(mapping.variable.name);
  const lid = shader.builtin("lid", "u32", "local_invocation_index");
  if (extent === 1) {
    writer.line(`let ${name} = 0;`);
    return name;
  }
  const wid = shader.builtin("wid", "vec3<u32>", "workgroup_id");
  const number = groupNumber(workgroups).replaceAll("wid", wid);
  const own = kind === "group" ? number : `${number} * ${size}u + ${lid}`;
  const exact = workgroups[1] === 1 && (kind === "group" || extent % size === 0);
  writer.line(`let ${name} = i32(${own});`);
  if (!exact) writer.line(`if (${name} >= ${extent}) { return; }`);
  return name;
}
