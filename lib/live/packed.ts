/** Numbers as answers carry them: base64 of little-endian float32. */
export function packed(values: Float32Array): string {
  // All platforms that libtorch has wheels for are little-endian.
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}
