"""Writes what NumPy makes of arrays and tables into goldens/, for the tests of io.

    python3 generate_fixtures.py

needs NumPy 2.4 and ml_dtypes (bfloat16). The output is deterministic: running it again changes nothing unless
NumPy does.
"""

import ctypes
import io
import json
import pathlib
import random
import struct
import warnings
import zipfile

import ml_dtypes
import numpy as np

OUT = pathlib.Path(__file__).parent / "goldens"
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
]


def dtype_of(name):
    return BFLOAT16 if name == "bfloat16" else np.dtype(name)


def sample(name, shape, rng):
    """Values that use the whole range of the dtype, with NaN, infinities and signed zero where there are any."""
    dtype = dtype_of(name)
    count = int(np.prod(shape))
    if name == "bool":
        return (rng.integers(0, 2, count) == 1).reshape(shape)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        values = rng.integers(info.min, info.max, count, dtype=dtype, endpoint=True)
        values[:2] = [info.min, info.max][:count]
        return values.reshape(shape)
    parts = 2 if dtype.kind == "c" else 1
    values = rng.standard_normal(count * parts) * 10.0 ** rng.integers(-4, 4, count * parts)
    special = [np.nan, np.inf, -np.inf, -0.0, 1e-7]
    values[: len(special)] = special[: len(values)]
    if parts == 2:
        return values.view(np.complex128).astype(dtype).reshape(shape)
    return values.astype(dtype).reshape(shape)


def row_major_hex(array):
    array = np.ascontiguousarray(array)
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    return array.tobytes().hex()


def npy_bytes(array, version=None):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version)
    return buffer.getvalue()


def write_npy(rng):
    """All arrays in one JSON file: the file's bytes as NumPy wrote them, and the content in row-major order."""
    cases = []

    def add(name, dtype, array, version=None):
        cases.append({
            "name": name, "dtype": dtype, "shape": list(array.shape), "data": row_major_hex(array),
            "file": npy_bytes(array, version).hex(), "fortran": name.endswith("fortran"), "version": (version or (1, 0))[0],
            "native": array.dtype.byteorder != ">",
        })

    for dtype in DTYPES:
        array = sample(dtype, (2, 3), rng)
        add(f"{dtype}", dtype, array)
        add(f"{dtype}-fortran", dtype, np.asfortranarray(array))
        add(f"{dtype}-scalar", dtype, sample(dtype, (), rng))
        add(f"{dtype}-empty", dtype, sample(dtype, (0, 4), rng))
        if dtype_of(dtype).itemsize > 1 and dtype != "bfloat16":
            swapped = array.astype(dtype_of(dtype).newbyteorder(">"))
            add(f"{dtype}-big", dtype, swapped)
            add(f"{dtype}-big-fortran", dtype, np.asfortranarray(swapped))
    cube = sample("int16", (2, 3, 4), rng)
    add("cube-fortran", "int16", np.asfortranarray(cube))
    add("six-axes-fortran", "float32", np.asfortranarray(sample("float32", (2, 1, 3, 2, 1, 2), rng)))
    add("long-fortran", "int32", np.asfortranarray(sample("int32", (40, 37), rng)))
    add("row-fortran", "int8", np.asfortranarray(sample("int8", (1, 7), rng)))
    add("vector-fortran", "complex64", np.asfortranarray(sample("complex64", (5,), rng)))
    add("version2", "float32", sample("float32", (3,), rng), (2, 0))
    add("version3", "uint8", sample("uint8", (3, 3), rng), (3, 0))
    (OUT / "npy.json").write_text(json.dumps(cases, indent=0) + "\n")


def write_npz(rng):
    arrays = {"weights": sample("float32", (4, 5), rng), "bias": sample("float64", (5,), rng), "größe": np.int32(7)}
    arrays["bf"] = sample("bfloat16", (3,), rng)
    expected = {
        name: {"dtype": "bfloat16" if np.asarray(x).dtype == BFLOAT16 else str(np.asarray(x).dtype),
               "shape": list(np.shape(x)), "data": row_major_hex(np.asarray(x))}
        for name, x in arrays.items()
    }
    (OUT / "npz.json").write_text(json.dumps(expected, indent=0, ensure_ascii=False) + "\n")
    np.savez(OUT / "stored.npz", **arrays)
    np.savez_compressed(OUT / "deflated.npz", **arrays)
    np.savez(OUT / "positional.npz", arrays["weights"], arrays["bias"], named=arrays["größe"])
    np.savez(OUT / "nothing.npz")
    with open(OUT / "streamed.npz", "wb") as file:  # not seekable: sizes follow the data in descriptors
        with zipfile.ZipFile(Unseekable(file), "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in arrays.items():
                member = zipfile.ZipInfo(f"{name}.npy")
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, npy_bytes(np.asarray(array)))
    for method, code in [("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)]:
        with zipfile.ZipFile(OUT / f"{method}.npz", "w", code) as archive:
            archive.writestr(zipfile.ZipInfo("x.npy"), npy_bytes(np.arange(3)), code)


class Unseekable(io.RawIOBase):
    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def cell(value):
    """JSON has no NaN, infinities, complex numbers or 64-bit integers."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (complex, np.complexfloating)):
        return [cell(value.real), cell(value.imag)]
    if isinstance(value, (int, np.integer)):
        return int(value) if abs(int(value)) < 2**53 else f"{int(value)}n"
    value = float(value)
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return "-0" if value == 0 and np.signbit(value) else value


def array_json(array):
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": [cell(x) for x in array.ravel()]}


def result_json(result):
    if isinstance(result, list):
        return {"list": [array_json(np.asarray(x)) for x in result]}
    if result.dtype.names:
        return {"columns": {n: array_json(np.asarray(result[n])) for n in result.dtype.names}}
    return array_json(result)


SNAKE = {
    "skipHeader": "skip_header", "skipFooter": "skip_footer", "missingValues": "missing_values",
    "fillingValues": "filling_values", "maxRows": "max_rows", "invalidRaise": "invalid_raise",
    "replaceSpace": "replace_space", "caseSensitive": "case_sensitive",
}


def python_options(options):
    """The options as NumPy spells them; numeric keys become integers, lists of dtypes stay lists."""
    result = {}
    for name, value in options.items():
        if name in ("missingValues", "fillingValues") and isinstance(value, dict):
            value = {int(k) if k.isdigit() else k: v for k, v in value.items()}
        if name == "dtype" and isinstance(value, list):
            value = np.dtype([(f"f{i}", t) for i, t in enumerate(value)])
        result[SNAKE.get(name, name)] = value
    return result


def read_case(function, text, options):
    case = {"text": text, "options": options}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            case["result"] = result_json(function(io.StringIO(text), **python_options(options)))
        except (ValueError, TypeError, OverflowError, IndexError) as error:
            case["error"] = f"{type(error).__name__}: {error}"
    case["warned"] = any("input contained no data" in str(w.message) or "Empty" in str(w.message) for w in caught)
    return case


NUMBERS = [
    "0", "-0", "12", " 7 ", "+5", "-1", "300", "-129", "1.0", "1.5", "1.", ".5", ".", "-", "+ 1", "1e2", "1E2", "1e", "1e+",
    "1e999", "-1e999", "1e-400", "1_0", "1__0", "_1", "1_", "1_000.5", "1e1_0", "0x10", "0b1", "0o7", "0X1", "1d5", "0x1p3",
    "nan", "-nan", "+NaN", "INF", "-Infinity", "infin", "Infinity", "", "True", "false", "abc", "1,", "007",
    "2147483648", "-2147483649", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "18446744073709551615", "18446744073709551616", "99999999999999999999", "65520", "0.1", "16777217", "3.4028236e38",
    "1e-45", "5e-324", "2.2250738585072011e-308", "0.3333333333333333333333333333333333333333333",
    "1+2j", "(1+2j)", "( 1+2j )", "2j", "j", "1+j", "+j", "-1-2J", "nan+infj", "1e5-1e-5j", "-1.5e-3j", "(1)", "1 +2j",
    "(1+2j", "1+2", "infj", "1e+5j", "12j", "()", "1++2j", "1+-2j", "nanj", "--1", "1j2",
]
READ_DTYPES = ["bool", "int8", "int32", "int64", "uint8", "uint32", "uint64", "float16", "float32", "float64", "complex64",
               "complex128"]

LOADTXT = [
    ("1 2\n3 4\n", {}), ("1 2\n3 4", {}), ("1\n2\n", {}), ("5", {}), ("1 2", {}), ("", {}), ("# nothing\n\n", {}),
    ("1 2\r\n3 4\r\n", {}), ("1 2\n\n  \n3 4\n", {}), ("# c\n1 2 # d\n3 4#e\n", {}), ("1\t2  3\x0b4\n", {}),
    ("1,2\n3,4\n", {"delimiter": ","}), ("1, 2\n 3 ,4\n", {"delimiter": ","}), ("1,2\n \n3,4\n", {"delimiter": ","}),
    ("1,2\n\n3,4\n", {"delimiter": ","}), ("1,2,\n", {"delimiter": ","}), ("1,2\n,4\n", {"delimiter": ","}),
    ("1 2\n3\n", {}), ("1 2\n3 4 5\n", {}), ("1 2\n3 4 5\n", {"usecols": [0, 1]}), ("1 2\n3 4 5\n", {"usecols": -1}),
    ("1 2\n3 4 5\n", {"usecols": 2}), ("1 2\n3 4 5\n", {"usecols": [1, 0, 1]}), ("1 2\n", {"usecols": -3}),
    ("h1 h2\n1 2\n", {"skiprows": 1}), ("1 2\n", {"skiprows": 9}), ("1 2\n3 4\n5 6\n", {"maxRows": 2}),
    ("1\n\n#x\n2\n3\n", {"maxRows": 2}), ("1 2\n", {"maxRows": 0}), ("a\n1\n#\n2\n3\n", {"skiprows": 1, "maxRows": 2}),
    ("1 2\n3 4\n5 6\n", {"unpack": True}), ("1 2\n", {"unpack": True}), ("1\n2\n", {"unpack": True, "ndmin": 2}),
    ("5", {"ndmin": 1}), ("5", {"ndmin": 2}), ("1\n2\n", {"ndmin": 2}), ("1 2\n", {"ndmin": 2}), ("1 2\n", {"ndmin": 1}),
    ("", {"ndmin": 2}), ("", {"ndmin": 1}), ("#\n", {"usecols": [0, 1]}), ("1 2\n", {"ndmin": 3}),
    ("1 % 2\n3 4 // x\n", {"comments": ["%", "//"]}), ("1 // 2\n3\n", {"comments": "//"}), ("1#2\n", {"comments": None}),
    ("1 2\n", {"comments": ""}), ("1;2\n", {"delimiter": ";;"}), ("1#2\n", {"delimiter": "#"}), ("1\n", {"delimiter": "\n"}),
    ('"1","2"\n', {"delimiter": ",", "quotechar": '"'}), ('"1\n","2"\n', {"delimiter": ",", "quotechar": '"'}),
    ('"1" 2\n', {"quotechar": '"'}), ('"1"2 3\n', {"quotechar": '"'}), ('"#1",2\n', {"delimiter": ",", "quotechar": '"'}),
    ('1,"2,3"\n', {"delimiter": ",", "quotechar": '"'}), ('"1""2",3\n', {"delimiter": ",", "quotechar": '"'}),
    ('"",1\n', {"delimiter": ",", "quotechar": '"'}), ("1,2 # x\n3,4\n", {"delimiter": ",", "quotechar": "'"}),
    ("'1' '2'  '3'\n\n 4 5 6 \n", {"quotechar": "'"}), ("1 '2\n", {"quotechar": "'"}), ("1'2'\n", {"quotechar": "'"}),
    ("1 2\n3 4\n", {"dtype": ["int32", "float32"]}), ("1 2\n", {"dtype": ["int32", "float32"]}),
    ("1 2\n3 4\n", {"dtype": ["int32", "float32"], "unpack": True}), ("1 2 3\n", {"dtype": ["int32", "float32"]}),
    ("1 2 3\n", {"dtype": ["int32", "float32"], "usecols": [2, 0]}), ("1 2\n", {"dtype": ["bool", "complex64"], "ndmin": 1}),
    (" (1.5e+00-2.0e+00j)  (nan+infj)\n", {"dtype": "complex128"}), ("1 2\n3 4\n", {"dtype": "bool"}),
    ("1 2\n3 4\n", {"dtype": "complex64", "unpack": True}), ("1 x\n", {}), ("\t1\t\t2\n", {"delimiter": "\t"}),
]

GENFROMTXT = [
    ("1 2\n3 4\n", {}), ("1,2,3\n4,,6\n", {"delimiter": ","}), ("1,2,3\n4,x,6\n", {"delimiter": ","}),
    ("1,2,3\n4,x,6\n", {"delimiter": ",", "loose": False}), ("1,2,3\n4,,6\n", {"delimiter": ",", "loose": False}),
    ("", {}), ("\n\n", {}), ("# c\n", {}), ("5\n", {}), ("5\n", {"ndmin": 1}), ("5\n", {"ndmin": 2}), ("1\n2\n", {"ndmin": 2}),
    ("1 2\n", {"ndmin": 2}), ("1 2\n", {"ndmin": 3}), ("1\n2\n", {"unpack": True, "ndmin": 2}), ("1 2\n3 4\n", {"unpack": True}),
    ("1,2,3\n4,5\n6,7,8\n", {"delimiter": ","}), ("1,2,3\n4,5\n6,7,8\n", {"delimiter": ",", "invalidRaise": False}),
    ("1,2,3\n4,5\n", {"delimiter": ",", "usecols": [0, 1]}), ("1,2,3\n4,5\n", {"delimiter": ",", "usecols": [0, 2]}),
    ("1 2\n3 4\n", {"usecols": -1}), ("1 2\n3 4\n", {"usecols": [1, 0]}), ("1 2\n3 4\n", {"usecols": 1}),
    ("1 2\n3 4\n", {"usecols": 5}), ("1 2\n3 4\n", {"usecols": -5}), ("h\n1 2\n3 4\n", {"skipHeader": 1, "dtype": "float32"}),
    ("1 2\n", {"skipHeader": 7}), ("1 2\n3 4\n5 6\n", {"skipFooter": 1}), ("1 2\n3 4\n5 6\n", {"maxRows": 2}),
    ("1 2\n", {"maxRows": 0}), ("1 2\n", {"skipFooter": 5}), ("1 2\n3 4\n", {"maxRows": 1, "skipFooter": 1}),
    ("1,2\n3,4\n5\n", {"delimiter": ",", "skipFooter": 1}), ("1,2\nx\n5,6\n7\n", {"delimiter": ",", "skipFooter": 1}),
    ("1,N/A,3\n4,???,6\n", {"delimiter": ",", "missingValues": "N/A,???", "fillingValues": -9, "dtype": "int64"}),
    ("1,N/A,3\n4,???,6\n", {"delimiter": ",", "missingValues": {"1": ["N/A", "???"]}, "fillingValues": {"1": 5}, "loose": False}),
    ("1,N/A,3\n4,N/A,6\n", {"delimiter": ",", "missingValues": ["x", "N/A"], "fillingValues": [0, 7], "loose": False}),
    ("1,N/A,3\n4,???,6\n", {"delimiter": ",", "missingValues": ["x", "N/A"], "loose": False}),
    ("1 2\n3 x\n", {"fillingValues": [1, 2, 3]}), ("1 2\n3 N/A\n", {"dtype": "int32", "fillingValues": 7.5}),
    ("1 -\n", {"missingValues": {"1": "-"}, "loose": False}), ("1 2\n", {"missingValues": 2, "loose": False}),
    ("a,b,c\n1,2,3\n4,5,6\n", {"delimiter": ",", "names": True}), ("#a,b\n1,2\n4,5\n", {"delimiter": ",", "names": True}),
    ("# a b\n1 2\n", {"names": True}), ("# \n# a b\n1 2\n", {"names": True}), ("a b # c\n1 2\n", {"names": True}),
    ("a,b,c\n1,2,3\n4,5,6\n", {"delimiter": ",", "names": True, "usecols": ["b", "c"]}),
    ("a,b,c\n1,2,3\n4,5,6\n", {"delimiter": ",", "names": True, "usecols": "a,c"}),
    ("a,b,c\n1,2,3\n4,5,6\n", {"delimiter": ",", "names": True, "usecols": [0, 2], "unpack": True}),
    ("1,2,3\n4,5,6\n", {"delimiter": ",", "names": "x,y,z", "usecols": ["z"]}),
    ("1,2,3\n4,5,6\n", {"delimiter": ",", "names": ["x", "y", "z"]}),
    ("1,2,3\n4,5,6\n", {"delimiter": ",", "names": ["x", "y"], "usecols": [2, 0]}),
    ("a,b\n1,2\n", {"delimiter": ",", "names": True, "skipHeader": 1}),
    ("a b\n1 2\n3 x\n", {"names": True, "fillingValues": {"b": 5}, "missingValues": {"b": "x"}, "loose": False}),
    ("a a,return,a a,,x-y\n4,5,1,2,3\n", {"delimiter": ",", "names": True}),
    ("Aa,b\n4,5\n", {"delimiter": ",", "names": True, "caseSensitive": False}),
    ("Aa,b\n4,5\n", {"delimiter": ",", "names": True, "caseSensitive": "lower"}),
    ("Aa b,b\n4,5\n", {"delimiter": ",", "names": True, "deletechars": "a", "replaceSpace": "*"}),
    ("a,f0,,\n4,5,6,7\n", {"delimiter": ",", "names": True}), ("a,a,a\n4,5,6\n", {"delimiter": ",", "names": True}),
    ("1,2\n4,5\n", {"delimiter": ",", "dtype": None}), ("1,2.5\n4,5\n", {"delimiter": ",", "dtype": None}),
    ("1,\n4,5\n", {"delimiter": ",", "dtype": None}), ("true,1\nFalse,2\n", {"delimiter": ",", "dtype": None}),
    ("true\nFalse\n", {"dtype": None}), ("1+2j\n1\n", {"dtype": None}), (",1\n,2\n", {"delimiter": ",", "dtype": None}),
    (",1.5\n,2\n", {"delimiter": ",", "dtype": None}), (",,1\n,,2\n", {"delimiter": ",", "dtype": None, "usecols": [0, 1]}),
    ("99999999999999999999,1\n", {"delimiter": ",", "dtype": None}), ("9223372036854775807 1\n", {"dtype": None}),
    ("1 2\n3 N/A\n", {"dtype": None, "missingValues": "N/A"}), ("1 2.5\n3 N/A\n", {"dtype": None, "missingValues": "N/A"}),
    ("1 2.5\n3 N/A\n", {"dtype": None, "missingValues": "N/A", "fillingValues": 7}),
    ("a b\n1 2.5\n", {"dtype": None, "names": True}), ("1 2.5\n", {"dtype": None, "names": "x,y", "unpack": True}),
    ("1,2\n4,5\n", {"delimiter": ",", "dtype": ["int64", "float64"]}), ("1 2\n", {"dtype": ["int32", "bool"]}),
    ("a,b\n4,5\n", {"delimiter": ",", "dtype": ["int32", "float32"], "names": True}),
    ("12345\n67890\n", {"delimiter": [2, 3]}), ("12345\n67890\n", {"delimiter": 2}), ("  1  2\n  3   \n", {"delimiter": 3}),
    ("1// 2\n3 // 4\n", {"comments": "//"}), ("1 #2\n3 #4\n", {"comments": None}), ("1\t2\n3\t\n", {"delimiter": "\t"}),
    (" 1,2 \n  \n 3,4\n", {"delimiter": ","}), ("1;;2\n3;;4\n", {"delimiter": ";;"}), ("1  2\n", {"delimiter": " "}),
    ("1 ,2 \n", {"delimiter": ",", "autostrip": True, "dtype": "bool"}), (" true,1\n", {"delimiter": ",", "dtype": "bool"}),
    (" true,1\n", {"delimiter": ",", "dtype": "bool", "autostrip": True}), ("1 2\r\n3 4\r\n", {}),
    ("1+2j,j\n(3),x\n", {"delimiter": ",", "dtype": "complex64"}),
]


def write_text():
    numbers = []
    for text in NUMBERS:
        row = {"text": text, "loadtxt": {}, "genfromtxt": {}}
        for dtype in READ_DTYPES:
            for function in (np.loadtxt, np.genfromtxt):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        read = function([text + ";1"], delimiter=";", dtype=dtype)
                        row[function.__name__][dtype] = cell(read[0])
                    except (ValueError, OverflowError):
                        row[function.__name__][dtype] = None
        numbers.append(row)
    cases = {
        "numbers": numbers,
        "loadtxt": [read_case(np.loadtxt, *case) for case in LOADTXT],
        "genfromtxt": [read_case(np.genfromtxt, *case) for case in GENFROMTXT],
    }
    (OUT / "read-text.json").write_text(json.dumps(cases, indent=0) + "\n")


FORMATS = [
    "%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%x", "%#x", "%X", "%o", "%#o", "%i", "%u", "%s", "%.3d", "%8.3d", "%e", "%g",
    "%5.1f", "%+05.1f", "%-8.2e|", "%08.3f", "%.0f", "%#.0f", "%#g", "%.0e", "%#.0e", "%G", "%E", "%F", "% .3d", "%5s", "%.1s",
    "%+s", "%ld", "%.18e", "%.2f", "%.17g", "%.1g", "%.g", "%.f", "%#.3g", "%.120f", "%.110e", "%12.4g|", "%-+12.4f|", "% e",
]
BAD_FORMATS = ["%%", "x", "", "%q", "%*d", "%(a)d", "%d %d %d", "%d%%"]
VALUES = [0.0, -0.0, 1.5, -2.25, 0.5, 2.5, 3.5, 0.125, 0.375, 1e22, 1e21, 123456789.0, 0.1, 1 / 3, 5e-324, 1.7976931348623157e308,
          9.5, 99.5, 999999.5, 0.00012345, 0.000099999, 1e16, 1e15, 1e-5, 1e-4, 9.999999e-5, 65504.0, 8.5, -7.45, 1e100]
SPECIAL = [float("nan"), float("inf"), float("-inf")]


def savetxt(array, options):
    buffer = io.BytesIO()
    np.savetxt(buffer, array, **options)
    return buffer.getvalue().decode()


def write_case(array, options):
    case = {"dtype": "bfloat16" if array.dtype == BFLOAT16 else str(array.dtype), "shape": list(array.shape)}
    case |= {"data": row_major_hex(array), "options": options}
    try:
        case["text"] = savetxt(array, options)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        case["error"] = f"{type(error).__name__}: {error}"
    return case


def write_savetxt():
    rnd = random.Random(20240607)
    floats = np.array(VALUES)
    matrix = np.array([[1, -2], [30, 400]])
    cases = [write_case(floats, {"fmt": fmt}) for fmt in FORMATS]
    cases += [write_case(np.array(SPECIAL), {"fmt": fmt}) for fmt in FORMATS]
    cases += [write_case(np.array([0, 1, -1, 12345, 2**63 - 1, -(2**63)]), {"fmt": fmt}) for fmt in FORMATS]
    cases += [write_case(matrix, {"fmt": fmt}) for fmt in BAD_FORMATS]
    for dtype in ["float16", "float32", "bfloat16"]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            narrow = np.array(VALUES + SPECIAL + [0.3, 7e-6, 1000.0, 999.5, 1e6, 999999.0, 3.14159274]).astype(dtype_of(dtype))
        cases += [write_case(narrow, {"fmt": fmt}) for fmt in ["%s", "%.18e", "%g", "%.3f"]]
    for dtype in ["bool", "uint8", "uint64"]:
        values = np.array([0, 1, 1]) if dtype == "bool" else np.array([0, 7, np.iinfo(dtype).max], dtype)
        cases += [write_case(values.astype(dtype), {"fmt": fmt}) for fmt in ["%.18e", "%d", "%s", "%g"]]
    complexes = np.array([[1 + 2j, -1 - 2j], [complex(0, float("nan")), complex(-0.0, -0.0)]])
    for options in [{}, {"fmt": "%.2f"}, {"fmt": ["%.3e + %.3ej", "(%.15e%+.15ej)"]}, {"fmt": "%.1f %.1f %.1f %.1f"},
                    {"fmt": ["%.1f", "%.1f"]}, {"fmt": "%s"}, {"fmt": "%d"}, {"delimiter": ","}]:
        cases.append(write_case(complexes, options))
    cases.append(write_case(complexes.astype(np.complex64)[0], {"fmt": "%s"}))
    for options in [{"fmt": "%d", "delimiter": ","}, {"fmt": ["%d", "%f"], "delimiter": ","}, {"fmt": ["%d"]},
                    {"fmt": "%d, %f", "delimiter": ";"}, {"fmt": "%d", "header": "a\nb", "footer": "c\nd"},
                    {"fmt": "%d", "header": "a\nb", "footer": "c", "comments": "", "newline": "\r\n"},
                    {"fmt": "%d", "header": "x", "comments": "// "}, {}]:
        cases.append(write_case(matrix, options))
    for shape in [(0,), (0, 3), (3, 0), (), (1, 1, 1)]:
        cases.append(write_case(np.zeros(shape), {}))
    random_cases = []
    for _ in range(400):
        bits = rnd.getrandbits(64)
        value = struct.unpack("<d", bits.to_bytes(8, "little"))[0]
        if rnd.random() < 0.5:  # few digits: ties are likely
            value = ctypes.c_double(rnd.randrange(-4000, 4000) / 2 ** rnd.randrange(0, 9)).value
        places = rnd.randrange(0, 8) if rnd.random() < 0.7 else rnd.randrange(0, 40)
        fmt = f"%{rnd.choice(['', '+', ' ', '#', '0', '-'])}{rnd.choice(['', '12', '30'])}.{places}{rnd.choice('eEfgG')}"
        text = fmt % value
        if len(text) < 120:
            random_cases.append([fmt, struct.pack("<d", value).hex(), text])
    (OUT / "savetxt.json").write_text(json.dumps({"cases": cases, "random": random_cases}, indent=0) + "\n")


def main():
    OUT.mkdir(exist_ok=True)
    rng = np.random.default_rng(7)
    write_npy(rng)
    write_npz(rng)
    write_text()
    write_savetxt()


if __name__ == "__main__":
    main()
