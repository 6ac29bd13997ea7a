// A CommonJS program of a user.
async function main() {
  const torch = await import('lenet-torch');
  const total = torch.ones(2, 3).sum().item();
  if (total !== 6) throw new Error(`six ones are ${total}`);
}

main();
