// Trains LeNet and serves it with Fastify, beside a route of its own.
// Run: npm run example -- serve [epochs [port]], then: curl -T boot.png http://127.0.0.1:8080/garments/predict
import Fastify from 'fastify';
import * as torch from 'lenet-torch';

const [epochs = 3, port = 8080] = process.argv.slice(2).map(Number);
const net = new torch.LeNet();
const batchSize = 256;
const [trainIter, testIter] = await torch.loadDataFashionMnist({ batchSize });
const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.003 });
await torch.train(net, trainIter, testIter, batchSize, optimizer, 'cpu', epochs);

const handler = torch.serve.handler(net);
await handler.ready;

const app = Fastify();
app.get('/', async () => ({ garments: '/garments/' }));
app.register(async (garments) => {
  // The handler reads bodies itself.
  garments.removeAllContentTypeParsers();
  garments.addContentTypeParser('*', (_request, _body, done) => done(null));
  garments.all('/garments/*', (request, reply) => {
    reply.hijack();
    request.raw.url = request.url.slice('/garments'.length);
    handler(request.raw, reply.raw);
  });
});
app.addHook('preClose', () => handler.drain());

console.log(`serving on ${await app.listen({ host: '127.0.0.1', port })} (Ctrl-C ends)`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.close());
