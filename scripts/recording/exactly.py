import torch

from .encode import number


def exactly(value):
    """Tensors as bytes; everything else as it is, with a name where JSON has no word for it."""
    if isinstance(value, torch.Tensor):
        plain = value.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
        digits = bytes(plain.view(torch.uint8).tolist()).hex() if value.numel() else ""
        return {"bytes": digits, "dtype": str(value.dtype)[6:], "shape": list(value.shape), "grad": value.requires_grad}
    if isinstance(value, tuple):
        return {"tuple": [exactly(each) for each in value]}
    if isinstance(value, list):
        return [exactly(each) for each in value]
    if isinstance(value, dict):
        return {"dict": [[key, exactly(each)] for key, each in value.items()]}
    if isinstance(value, (bytes, bytearray)):
        return {"uint8": list(value)}
    if isinstance(value, set):
        return {"set": sorted(value)}
    if isinstance(value, int) and abs(value) >= 2**53:
        return {"bigint": str(value)}
    return str(value)[6:] if isinstance(value, torch.dtype) else str(value) if isinstance(value, torch.device) else number(value)
