/** The opcodes of pickle protocol 2 that PyTorch's files use: what `torch.load(weights_only=True)` knows. */
export const opcodes = {
  mark: 0x28, // (
  emptyTuple: 0x29, // )
  stop: 0x2e, // .
  binFloat: 0x47, // G
  binInt: 0x4a, // J
  binInt1: 0x4b, // K
  binInt2: 0x4d, // M
  none: 0x4e, // N
  binPersId: 0x51, // Q
  reduce: 0x52, // R
  shortBinString: 0x55, // U
  binUnicode: 0x58, // X
  emptyList: 0x5d, // ]
  append: 0x61, // a
  build: 0x62, // b
  global: 0x63, // c
  appends: 0x65, // e
  binGet: 0x68, // h
  longBinGet: 0x6a, // j
  binPut: 0x71, // q
  longBinPut: 0x72, // r
  setItem: 0x73, // s
  tuple: 0x74, // t
  setItems: 0x75, // u
  emptyDict: 0x7d, // }
  proto: 0x80,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  newTrue: 0x88,
  newFalse: 0x89,
  long1: 0x8a,
} as const;
