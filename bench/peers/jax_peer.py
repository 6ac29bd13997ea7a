"""JAX's rounds: one epoch of the chapter's LeNet, each step one jitted function.

usage: jax_peer.py train DATA_DIR THREADS LIMIT
"""

import os
import sys

from rounds import rounds

_, folder, threads, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
if threads == 1:
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
import jax  # noqa: E402  (reads the flags)
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402


def load(prefix, count):
    def read(name, offset):
        return np.fromfile(os.path.join(folder, f"{prefix}-{name}-ubyte"), np.uint8)[offset:]

    images = read("images-idx3", 16).reshape(-1, 28, 28, 1)[:count].astype(np.float32) / 255
    return jnp.asarray(images), jnp.asarray(read("labels-idx1", 8)[:count].astype(np.int32))


def init(key):
    shapes = [(5, 5, 1, 6), (5, 5, 6, 16), (256, 120), (120, 84), (84, 10)]
    layers = []
    for shape in shapes:
        key, a, b = jax.random.split(key, 3)
        bound = 1 / np.sqrt(np.prod(shape[:-1]))
        layers.append((jax.random.uniform(a, shape, minval=-bound, maxval=bound),
                       jax.random.uniform(b, shape[-1:], minval=-bound, maxval=bound)))
    return layers


def forward(params, x):
    for w, b in params[:2]:
        x = jax.lax.conv_general_dilated(x, w, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        x = jax.nn.sigmoid(x + b)
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = x.reshape(x.shape[0], -1)
    for w, b in params[2:4]:
        x = jax.nn.sigmoid(x @ w + b)
    return x @ params[4][0] + params[4][1]


def loss_of(params, x, y):
    out = forward(params, x)
    value = -jnp.take_along_axis(jax.nn.log_softmax(out), y[:, None], 1).mean()
    return value, (out.argmax(1) == y).sum()


@jax.jit
def step(params, m, v, t, x, y):
    (value, hits), grads = jax.value_and_grad(loss_of, has_aux=True)(params, x, y)
    tree = jax.tree_util.tree_map
    m = tree(lambda a, g: 0.9 * a + 0.1 * g, m, grads)
    v = tree(lambda a, g: 0.999 * a + 0.001 * g * g, v, grads)
    c1, c2 = 1 - 0.9**t, 1 - 0.999**t
    params = tree(lambda p, a, b: p - 0.001 / c1 * a / (jnp.sqrt(b / c2) + 1e-8), params, m, v)
    return params, m, v, value, hits


@jax.jit
def hits_of(params, x, y):
    return (forward(params, x).argmax(1) == y).sum()


count = limit or 60000
X, Y = load("train", count)
TX, TY = load("t10k", max(1, count // 6))
params = init(jax.random.PRNGKey(0))
m = v = jax.tree_util.tree_map(jnp.zeros_like, params)
t = 0
random = np.random.default_rng(0)


def epoch():
    global params, m, v, t
    order = random.permutation(count)
    total, batches = 0.0, 0
    for start in range(0, count, 256):
        index = order[start:start + 256]
        t += 1
        params, m, v, value, _ = step(params, m, v, float(t), X[index], Y[index])
        total += float(value)
        batches += 1
    hits = sum(int(hits_of(params, TX[s:s + 256], TY[s:s + 256])) for s in range(0, len(TX), 256))
    return {"loss": total / batches, "testAcc": hits / len(TX)}


epoch()
rounds(epoch)
