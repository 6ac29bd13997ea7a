const torch = require('../../dist/index.js');

console.log(String(new torch.LeNet()).split('(')[0]);
