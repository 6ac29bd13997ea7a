"""torch.autograd: each scenario stands in test/autograd/scenarios.ts too, under the same name."""

import torch
from torch import nn
from torch.autograd import Function, functional, grad

from .parity import draw, encode


def leaf(shape="3", kind="", dtype=torch.float64):
    return draw(f"{shape}:{kind}" if kind else shape, dtype).requires_grad_()


def refused(work):
    try:
        work()
    except Exception:
        return "refused"
    return "taken"


class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor, w):
        ctx.factor = factor
        ctx.save_for_backward(x, w, None)
        return x * factor * w, x + w, "text", (x > 0).long()

    @staticmethod
    def backward(ctx, g, h, text, i):
        x, w, nothing = ctx.saved_tensors
        assert text is None and nothing is None and i.dtype == torch.int64
        needs = ctx.needs_input_grad
        return (g * ctx.factor * w + h if needs[0] else None), None, (g * ctx.factor * x + h if needs[2] else None), None


class Sparing(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, a, b):
        return (0 if a is None else a * 2) + (0 if b is None else b * 3)


class Doubled(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, g):
        return g * 2


class SetUp(Function):
    @staticmethod
    def forward(x, n):
        return x.sin() * n

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, ctx.n = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x.cos() * ctx.n, None


class Through(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.mark_non_differentiable(y)
        return x, y

    @staticmethod
    def backward(ctx, g, h):
        return g * 5, None


def scenarios():
    yield "grad", lambda: (lambda x, y: grad((x * y).sum(), (x, y)))(leaf(), leaf())
    yield "grad of several", lambda: (lambda x: grad((x**2, x.exp()), x, (draw("3", torch.float64), draw("3", torch.float64))))(leaf())
    yield "grad of a number and of others", lambda: (lambda x: grad((x.sum(), x * 2), x, (None, draw("3", torch.float64))))(leaf())
    yield "grad of a node inside", lambda: (lambda x: (lambda y: grad((y**2).sum(), y))(x * 2))(leaf())
    yield "unused", lambda: (lambda x, y: grad((x * 2).sum(), (x, y), allow_unused=True))(leaf(), leaf())
    yield "unused as zeros", lambda: (lambda x, y: grad((x * 2).sum(), (x, y), materialize_grads=True))(leaf(), leaf())
    yield "unused refused", lambda: (lambda x, y: refused(lambda: grad((x * 2).sum(), (x, y))))(leaf(), leaf())
    yield "twice", lambda: (lambda x: (lambda g: [g, *grad(g.sum(), x)])(grad((x**3).sum(), x, create_graph=True)[0]))(leaf())
    yield "thrice", lambda: (lambda x: (lambda g: (lambda h: grad(h.sum(), x))(grad(g.sum(), x, create_graph=True)[0]))(grad((x**4).sum(), x, create_graph=True)[0]))(leaf())

    def again(retain):
        x = leaf()
        y = (x**2).sum()
        grad(y, x, retain_graph=retain)
        return refused(lambda: grad(y, x))

    yield "again", lambda: [again(True), again(False), again(None)]

    def backward_of_several():
        x, y = leaf(), leaf()
        torch.autograd.backward((x * y, (x * 3).sum()), (draw("3", torch.float64), None))
        return x.grad, y.grad

    yield "backward of several", backward_of_several

    def backward_into():
        x, y = leaf(), leaf()
        z = x * y
        (z * y).sum().backward(inputs=[x, z])
        return x.grad, y.grad, z.grad

    yield "backward into some", backward_into

    def misshapen():
        x = leaf("2x3")
        y = x * 2
        return [refused(lambda: y.backward(torch.ones(3, dtype=torch.float64))), refused(lambda: grad(y, x, torch.ones(1, 2, 3, dtype=torch.float64))), refused(lambda: y.backward())]

    yield "misshapen", misshapen

    def custom(apply):
        def run():
            x = leaf()
            y = apply(x)
            (g,) = grad((y * draw("3", torch.float64)).sum(), x, create_graph=True)
            return y, g, *grad((g * draw("3", torch.float64)).sum(), x)
        return run

    yield "Exp", custom(Exp.apply)
    yield "Cube", custom(Cube.apply)
    yield "Cube of Exp", custom(lambda x: Cube.apply(Exp.apply(x)))
    yield "SetUp", custom(lambda x: SetUp.apply(x, 3))

    def scaled(x_grad, w_grad):
        x, w = leaf().requires_grad_(x_grad), leaf().requires_grad_(w_grad)
        y, z, text, i = Scale.apply(x, 2.5, w)
        (y * draw("3", torch.float64) + z * 2).sum().backward()
        return y, z, text, i, x.grad, w.grad, [y.requires_grad, z.requires_grad, i.requires_grad]

    yield "Scale", lambda: [scaled(True, True), scaled(True, False), scaled(False, True)]

    def sparing(which):
        x = leaf()
        a, b = Sparing.apply(x)
        [a, b][which].sum().backward()
        return x.grad

    yield "Sparing", lambda: [sparing(0), sparing(1)]

    def in_place():
        x = leaf()
        y = x * 1
        z = Doubled.apply(y)
        z.sum().backward()
        return x.grad, y, z is y, refused(lambda: Doubled.apply(leaf()))

    yield "Doubled", in_place

    def through():
        x, y = leaf(), leaf()
        a, b = Through.apply(x, y)
        a.sum().backward()
        return x.grad, b.requires_grad, a is x, refused(lambda: a.detach())

    yield "Through", through

    def changed():
        x = leaf()
        y = x * 1
        z = Cube.apply(y)
        y.mul_(2)
        return refused(lambda: z.sum().backward())

    yield "saved tensors that were changed", changed

    def freed():
        y = Cube.apply(leaf()).sum()
        y.backward()
        return refused(lambda: y.backward())

    yield "saved tensors that were freed", freed

    def without_gradients():
        x = leaf()
        with torch.no_grad():
            y = Cube.apply(x)
        return y, y.requires_grad, Cube.apply(x.detach()).requires_grad

    yield "without gradients", without_gradients

    def hooked(on):
        x = leaf()
        y = x * 2
        seen = []
        target = x if on == "leaf" else y
        first = target.register_hook(lambda g: seen.append(g.clone()))
        target.register_hook(lambda g: g * 3)
        last = target.register_hook(lambda g: seen.append(g.clone()))
        if on == "node":
            y.retain_grad()
        (y * y).sum().backward()
        first.remove()
        last.remove()
        x2 = x.grad.clone()
        (x * 2).sum().backward()
        return seen, x2, x.grad, y.grad if on == "node" else None

    yield "hooks of a leaf", lambda: hooked("leaf")
    yield "hooks of a node", lambda: hooked("node")

    def hook_of_changed():
        x = leaf()
        y = x * 2
        y.register_hook(lambda g: g * 10)
        y.mul_(3)
        y.register_hook(lambda g: g * 100)
        y.sum().backward()
        return x.grad

    yield "hooks of a tensor that is changed", hook_of_changed

    def hook_in_grad():
        x = leaf()
        x.register_hook(lambda g: g * 2)
        return grad((x**2).sum(), x)

    yield "hooks in grad", hook_in_grad

    def twice_with_hook():
        x = leaf()
        x.register_hook(lambda g: g * g)
        (g,) = grad((x**2).sum(), x, create_graph=True)
        return g, *grad(g.sum(), x)

    yield "hooks, differentiated again", twice_with_hook

    def accumulated():
        x = leaf()
        seen = []

        def hook(t):
            seen.extend([t is x, t.grad.clone()])
            t.grad = None

        handle = x.register_post_accumulate_grad_hook(hook)
        (x * 2).sum().backward()
        (x * 3).sum().backward()
        handle.remove()
        (x * 4).sum().backward()
        return seen, x.grad, refused(lambda: (x * 1).register_post_accumulate_grad_hook(hook))

    yield "post accumulate hooks", accumulated

    def module_hooks(x_grad, replaces):
        torch.manual_seed(5)
        net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
        seen = []
        net[1].register_full_backward_hook(lambda m, i, o: seen.append([list(i), list(o)]))
        net[0].register_full_backward_hook(lambda m, i, o: seen.append([list(i), list(o)]))
        net[2].register_full_backward_pre_hook(lambda m, o: seen.append(list(o)))
        if replaces:
            net[1].register_full_backward_hook(lambda m, i, o: (i[0] * 3,))
            net[2].register_full_backward_pre_hook(lambda m, o: (o[0] * 5,))
        x = draw("2x3", torch.float64).requires_grad_(x_grad)
        net(x).square().sum().backward()
        return seen, [p.grad for p in net.parameters()], x.grad

    yield "hooks of modules", lambda: [module_hooks(True, False), module_hooks(False, False), module_hooks(True, True)]

    class Two(nn.Module):
        def forward(self, x, n, y):
            return x * n * y, y * 2, "a", x * 3

    def many(used):
        module = Two()
        seen = []
        module.register_full_backward_hook(lambda m, i, o: seen.append([list(i), list(o)]))
        x, y = leaf(), leaf().detach()
        out = module(x, 2.5, y)
        out[used].sum().backward()
        return seen, x.grad

    yield "hooks of a module with several inputs", lambda: [many(0), many(3)]

    functions = {
        "cubes": (lambda x: (x**3).sum(), "3"),
        "products": (lambda x, y: (x * y).exp().sum() + x.sum() * y.prod(), "2", "2"),
    }
    vectors = {
        "exp": (lambda x: x.exp() * x.sum(), "3"),
        "pairs": (lambda x, y: (x * y.sum(), x.outer(y)), "2", "3"),
        "alone": (lambda x, y: (x**2,), "2", "2"),
    }
    for strict in (False, True):
        for create in (False, True):
            options = {"create_graph": create, "strict": strict}
            title = f"{', createGraph' if create else ''}{', strict' if strict else ''}"
            for name, (f, *shapes) in {**functions, **vectors}.items():
                def jac(f=f, shapes=shapes, options=options):
                    inputs = tuple(leaf(s) for s in shapes)
                    return functional.jacobian(f, inputs if len(inputs) > 1 else inputs[0], **options)
                yield f"jacobian of {name}{title}", jac
                for which in ("vjp", "jvp"):
                    def prod(which=which, f=f, shapes=shapes, options=options):
                        inputs = tuple(leaf(s) for s in shapes)
                        out = f(*inputs)
                        like = inputs if which == "jvp" else (out if isinstance(out, tuple) else (out,))
                        v = tuple(draw("x".join(map(str, t.shape)) or "()", torch.float64) for t in like)
                        is_tuple = isinstance(out, tuple) if which == "vjp" else len(inputs) > 1
                        return getattr(functional, which)(f, inputs if len(inputs) > 1 else inputs[0], v if is_tuple else v[0], **options)
                    yield f"{which} of {name}{title}", prod
            for name, (f, *shapes) in functions.items():
                def hess(f=f, shapes=shapes, options=options):
                    inputs = tuple(leaf(s) for s in shapes)
                    return functional.hessian(f, inputs if len(inputs) > 1 else inputs[0], **options)
                yield f"hessian of {name}{title}", hess
                for which in ("vhp", "hvp"):
                    def prod2(which=which, f=f, shapes=shapes, options=options):
                        inputs = tuple(leaf(s) for s in shapes)
                        v = tuple(draw(s, torch.float64) for s in shapes)
                        one = len(inputs) == 1
                        return getattr(functional, which)(f, inputs[0] if one else inputs, v[0] if one else v, **options)
                    yield f"{which} of {name}{title}", prod2


def autograd():
    recorded = {}
    for name, run in scenarios():
        torch.manual_seed(1)
        try:
            recorded[name] = encode(run())
        except RuntimeError as error:
            recorded[name] = "error: " + type(error).__name__
    return recorded
