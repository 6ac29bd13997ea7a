import math
import warnings

import torch

# JavaScript's numbers; what is written with an n is a bigint.
NUMBERS = (
    "0", "-0", "1", "-1", "0.5", "-0.5", "2.5", "-2.5", "127", "127.5", "128", "-128", "-128.5", "-129", "200", "255", "255.5",
    "256", "300", "-255", "-256", "32767", "32768", "-32768", "-32769", "65504", "65520", "65535", "65536", "-65535", "70000",
    "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "16777217", "9007199254740991",
    "1152921504606846976", "9223372036854775808", "-9223372036854775808", "1e20", "-1e20", "3.4028235e38", "3.4028236e38",
    "1e39", "-1e39", "1e300", "1e-46", "Infinity", "-Infinity", "NaN", "true", "false", "0n", "-1n", "300n",
    "9007199254740993n", "1152921504606846977n", "9223372036854775807n", "9223372036854775808n", "18446744073709551615n",
    "18446744073709551616n", "-9223372036854775808n", "-9223372036854775809n",
)
DTYPES = (
    "uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool", "float16", "bfloat16", "float32", "float64",
    "complex64", "float8_e5m2", "float8_e4m3fn",
)


def python_number(text, dtype):
    """Whole numbers are Python's integers, as far as 64 bits go; beside integers −0 is 0."""
    if text in ("true", "false"):
        return text == "true"
    if text.endswith("n"):
        return int(text[:-1])
    value = float(text.replace("Infinity", "inf"))
    if text == "-0":
        return 0 if "int" in dtype else -0.0
    return int(value) if math.isfinite(value) and value == int(value) and abs(value) <= 2**63 else value


def put(x, index, value):
    # Python's own assignment takes no integer beyond int64; its tensors do.
    x[index] = torch.full((), value, dtype=x.dtype) if type(value) is int and value >= 2**63 else value
    return x


MAKERS = {
    "tensor": lambda value, dtype: torch.tensor([value], dtype=dtype),
    "full": lambda value, dtype: torch.full([1], value, dtype=dtype),
    "fullLike": lambda value, dtype: torch.full_like(torch.zeros(1, dtype=dtype), value),
    "fill_": lambda value, dtype: torch.zeros(1, dtype=dtype).fill_(value),
    "set": lambda value, dtype: put(torch.zeros(1, dtype=dtype), 0, value),
    "setRows": lambda value, dtype: put(torch.zeros(1, dtype=dtype), [0], value),
    "maskedFill": lambda value, dtype: torch.zeros(1, dtype=dtype).masked_fill(torch.tensor([True]), value),
}
OPERATORS = {
    "add": lambda value, x: x.add(value),
    "mul": lambda value, x: x.mul(value),
    "eq": lambda value, x: x.eq(value),
    "ne": lambda value, x: x.ne(value),
    "lt": lambda value, x: x.lt(value),
    "ge": lambda value, x: x.ge(value),
    "where": lambda value, x: x.where(torch.tensor([False]), value),
    "clamp": lambda value, x: x.clamp(max=value),
    "remainder": lambda value, x: x.remainder(value),
}


def attempt(run, dtype):
    try:
        result = run()
    except (RuntimeError, TypeError, ValueError, OverflowError):
        return "!"
    if result.is_complex():
        return ",".join(map(str, torch.view_as_real(result)[0].tolist()))
    name = str(result.dtype)[6:]
    return f"{result.item()}" + ("" if name == dtype else f" {name}")


def numbers():
    """What becomes of a number, by dtype and by what is done with it; ! where Python raises."""
    warnings.simplefilter("ignore")
    cases = {}
    for maker, function in MAKERS.items():
        cases[maker] = {
            dtype: [attempt(lambda: function(python_number(text, dtype), getattr(torch, dtype)), dtype) for text in NUMBERS]
            for dtype in DTYPES
        }
    for operator, function in OPERATORS.items():
        cases[operator] = {
            dtype: [attempt(lambda: function(python_number(text, dtype), torch.ones(1, dtype=getattr(torch, dtype))), dtype)
                    for text in NUMBERS]
            for dtype in DTYPES if not dtype.startswith(("complex", "float8"))
        }
    return {"numbers": NUMBERS, "cases": cases}
