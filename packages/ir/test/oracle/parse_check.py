"""Parses StableHLO files with XLA's own parser: python3 parse_check.py FILE.mlir... (modules split by `// -----`).

Of golden text files (../goldens/text) it parses what the printer is expected to print. Needs jaxlib. Ends with the
number of modules read; status 1 when one is refused.
"""

import sys

from jax._src.interpreters import mlir
from jaxlib.mlir import ir


def parse(text: str) -> str | None:
    """XLA's complaint about the text, or None."""
    with mlir.make_ir_context():
        try:
            ir.Module.parse(text).operation.verify()
        except ir.MLIRError as error:
            return str(error)
    return None


def modules_of(text: str) -> list[str]:
    """The modules of a file; those that a printing command of a golden file gives."""
    parts = text.split("// -----\n")
    if not parts[0].startswith("// command: "):
        return parts
    printed = [part for part in parts if part.startswith(("// command: print", "// command: generic", "// command: loc"))]
    return [part.split("// expected:\n")[1] for part in printed]


def main(paths: list[str]) -> int:
    good = bad = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            modules = modules_of(file.read())
        for number, text in enumerate(modules):
            complaint = parse(text)
            good, bad = (good, bad + 1) if complaint else (good + 1, bad)
            if complaint:
                print(f"{path}, module {number}: {complaint}")
    print(f"{good} modules read, {bad} refused")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
