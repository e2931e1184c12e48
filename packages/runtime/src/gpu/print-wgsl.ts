/** The text of a compiled program: what is dispatched in which order, and every shader. */

import type { CompiledWgsl, GpuCommand } from "@fluxion/codegen-wgsl";

export function printWgsl(compiled: CompiledWgsl): string {
  const names = compiled.buffers.map(
    ({ id, name, dtype, shape }) => `${name}#${id}: ${dtype}[${shape.join(",")}]`,
  );
  return [
    `// ${compiled.name}(${compiled.parameters.map((id) => names[id]).join(", ")})`,
    `//   -> ${compiled.results.map((id) => names[id]).join(", ") || "nothing"}`,
    ...compiled.donations.map(
      ({ result, parameter }) =>
        `//   result ${names[compiled.results[result]]} is written over ${names[compiled.parameters[parameter]]}`,
    ),
    ...compiled.commands.flatMap((command) => lines(command, compiled)).map((line) => `//   ${line}`),
    ...compiled.shaders.map(({ code }) => `\n${code.trimEnd()}`),
  ].join("\n");
}

const indent = (commands: readonly GpuCommand[], compiled: CompiledWgsl): string[] =>
  commands.flatMap((command) => lines(command, compiled)).map((line) => `  ${line}`);

function lines(command: GpuCommand, compiled: CompiledWgsl): string[] {
  const name = (id: number): string => `${compiled.buffers[id].name}#${id}`;
  switch (command.kind) {
    case "dispatch": {
      const shader = compiled.shaders[command.shader];
      return [
        `dispatch ${shader.name} ${shader.workgroups.join("×")} (${command.buffers.map(name).join(", ")})`,
      ];
    }
    case "copy":
      return [`copy ${name(command.from)} to ${name(command.to)}`];
    case "while":
      return command.tripCount === undefined
        ? [
            `while ${name(command.predicate)}, computed by`,
            ...indent(command.condition, compiled),
            "do",
            ...indent(command.body, compiled),
          ]
        : [`repeat ${command.tripCount} times`, ...indent(command.body, compiled)];
    case "case":
      return command.branches.flatMap((branch, i) => [
        `${i === 0 ? `case ${name(command.index)}, ` : ""}branch ${i}`,
        ...indent(branch, compiled),
      ]);
  }
}
