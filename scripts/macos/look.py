"""look.py FILE ...: what binaries for macOS say of themselves, as JSON. For scripts/macos.js."""

import json
import sys

import lief

lief.logging.disable()

KIND, UNDEFINED, DEBUGGING = 0x0E, 0x00, 0xE0


def describe(file):
    binary = lief.MachO.parse(file).at(0)
    own = binary.get(lief.MachO.LoadCommand.TYPE.ID_DYLIB)
    libraries = [each.name for each in binary.libraries if own is None or each.name != own.name]
    symbols = [
        # Libraries are counted from 1; what none of them has is 0, or above them.
        {"name": each.name, "library": library if 1 <= library <= len(libraries) else None}
        for each in binary.symbols
        if each.raw_type & KIND == UNDEFINED and not each.raw_type & DEBUGGING
        for library in [each.description >> 8 & 0xFF]
    ]
    return {
        "file": file,
        "cpu": binary.header.cpu_type.name,
        "minimum": ".".join(map(str, binary.build_version.minos[:2])),
        "isSigned": binary.has_code_signature,
        "libraries": libraries,
        "undefinedSymbols": symbols,
    }


print(json.dumps([describe(file) for file in sys.argv[1:]]))
