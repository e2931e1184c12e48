"""Write the golden data: `python3 tests/goldens/generate [--check] [family ...]`.

Needs jax 0.10.2 (CPU), numpy and scipy, on x86-64 (whose `longdouble` is the reference for 64-bit results). Running
twice writes identical bytes; `--check` writes nothing and fails when a file would change. A full run compiles some
thousand small functions and takes several minutes.
"""

import os
import pathlib
import sys
import warnings

os.environ["JAX_PLATFORMS"] = "cpu"
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import jax  # noqa: E402

import creation  # noqa: E402
import derivatives  # noqa: E402
import dots  # noqa: E402
import draws  # noqa: E402
import elementwise  # noqa: E402
import extras  # noqa: E402
import function_derivatives  # noqa: E402
import hlo  # noqa: E402
import indexing  # noqa: E402
import neural  # noqa: E402
import printing  # noqa: E402
import promotion  # noqa: E402
import reductions  # noqa: E402
import samplers  # noqa: E402
import shaping  # noqa: E402
import sorting  # noqa: E402
import subnormal  # noqa: E402
import wide  # noqa: E402

MODULES = [creation, elementwise, promotion, shaping, reductions, dots, indexing, sorting, neural, extras, samplers, draws, printing, subnormal, wide, hlo, derivatives, function_derivatives]
DATA = pathlib.Path(__file__).parent.parent / "data"


def main(arguments) -> int:
    check = "--check" in arguments
    warnings.simplefilter("ignore")  # truncation to 32 bits and means of nothing are what some cases are about
    wanted = [a for a in arguments if not a.startswith("-")]
    makers = {maker.__name__.rstrip("_"): maker for module in MODULES for maker in module.FAMILIES}
    unknown = [w for w in wanted if w not in makers]
    if unknown:
        print(f"no family {', '.join(unknown)}; there are {', '.join(makers)}", file=sys.stderr)
        return 2
    changed = []
    for name in wanted or makers:
        family = makers[name]()
        jax.clear_caches()
        text, path = family.to_json(), DATA / f"{family.name}.json"
        before = path.read_text() if path.exists() else None
        if text != before:
            changed.append(path.name)
            if not check:
                path.write_text(text)
        print(f"{family.name}: {len(family.cases)} cases, {len(text) / 1024:.0f} KiB{' (changed)' if text != before else ''}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
