import { version } from '../location.js';
import type { Settings } from './options.js';
import type { ServedModel } from './servedModel.js';

type Schema = Readonly<Record<string, unknown>>;

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Schema): Schema => ({ 'application/json': { schema } });
const bytes: Schema = { type: 'string', format: 'binary' };
const answered = (description: string, schema: Schema): Schema => ({
  200: { description, content: json(schema) },
});

/** What the service takes and gives, as OpenAPI 3.1 writes it. */
export function openApi(model: ServedModel, { bodyLimit, maxQueue }: Settings): Schema {
  const failures = (schema: string, codes: Readonly<Record<number, string>>): Schema =>
    Object.fromEntries(
      Object.entries(codes).map(([status, description]) => [
        status,
        { description, content: json(ref(schema)) },
      ]),
    );
  const refusals = {
    400: 'no image, or a request of another form',
    413: `a body of more than ${bodyLimit} bytes, or more than ${maxQueue} images`,
    415: 'a body that is packed',
    503: 'too many images wait, or the server is about to end: see Retry-After',
  };
  const health = (summary: string): Schema => ({
    get: {
      summary,
      responses: { 200: { description: 'it is' }, 503: { description: 'it is not' } },
    },
  });
  const path = `/v2/models/${model.name}`;
  const classes = { type: 'array', items: ref('Class') };
  return {
    openapi: '3.1.0',
    info: { title: `${model.name} on lenet-torch`, version },
    paths: {
      '/predict': {
        post: {
          summary: 'Says what is in images',
          parameters: [
            {
              name: 'top_k',
              in: 'query',
              description: 'classes per image',
              schema: { type: 'integer', minimum: 1, default: 3 },
            },
          ],
          requestBody: {
            required: true,
            description: `An image; or ${model.pixels} bytes per image; or images as files of a form.`,
            content: {
              'image/*': { schema: bytes },
              'application/octet-stream': { schema: bytes },
              'multipart/form-data': {
                schema: { type: 'object', additionalProperties: bytes },
              },
            },
          },
          responses: {
            ...answered(
              'Classes of an image, the likeliest first; of several, or of a form, a list of these',
              {
                oneOf: [classes, { type: 'array', items: classes }],
              },
            ),
            ...failures('Error', refusals),
          },
        },
      },
      '/v2': {
        get: { summary: 'The server', responses: answered('Its name', { type: 'object' }) },
      },
      '/v2/health/live': health('Whether the server is alive'),
      '/v2/health/ready': health('Whether the server takes requests'),
      [path]: {
        get: { summary: 'The model', responses: answered('Its tensors', { type: 'object' }) },
      },
      [`${path}/ready`]: health('Whether the model takes requests'),
      [`${path}/infer`]: {
        post: {
          summary: 'Computes outputs, as the Open Inference Protocol v2 has it',
          requestBody: {
            required: true,
            content: {
              ...json(ref('Inference')),
              'application/octet-stream': { schema: bytes },
            },
          },
          responses: {
            ...answered('The outputs', { type: 'object' }),
            ...failures('ProtocolError', refusals),
          },
        },
      },
      '/metrics': {
        get: {
          summary: "Figures in Prometheus's format",
          responses: {
            200: {
              description: 'Figures',
              content: { 'text/plain': { schema: { type: 'string' } } },
            },
          },
        },
      },
    },
    components: { schemas: schemasOf(model) },
  };
}

function schemasOf({ shape, classes }: ServedModel): Schema {
  const text = { type: 'string' };
  return {
    Class: {
      type: 'object',
      required: ['label', 'score'],
      properties: {
        label: { type: 'string', ...(classes.length > 0 && { enum: classes }) },
        score: { type: 'number', minimum: 0, maximum: 1 },
      },
    },
    Error: {
      type: 'object',
      required: ['error'],
      properties: {
        error: {
          type: 'object',
          required: ['code', 'message'],
          properties: { code: text, message: text },
        },
      },
    },
    ProtocolError: { type: 'object', required: ['error'], properties: { error: text } },
    Inference: {
      type: 'object',
      required: ['inputs'],
      properties: {
        id: text,
        inputs: {
          type: 'array',
          minItems: 1,
          maxItems: 1,
          items: {
            type: 'object',
            required: ['name', 'shape', 'datatype'],
            properties: {
              name: { const: 'input' },
              shape: {
                type: 'array',
                items: { type: 'integer' },
                description: `[N, ${shape.join(', ')}]`,
              },
              datatype: { const: 'FP32' },
              data: { type: 'array' },
              parameters: { type: 'object' },
            },
          },
        },
        outputs: { type: 'array', maxItems: 1 },
      },
    },
  };
}
