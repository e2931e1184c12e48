"""NumPy or JAX as an engine of the bench: `engine.py numpy|jax DATA_DIRECTORY`.

The protocol is described in harness/serve.ts; workloads.json in the data directory says which workloads
there are, with their inputs' shapes.
"""

import json
import sys
import time


def numpy_engine():
    import numpy as np

    def layer_norm(x):
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-5)

    def softmax(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    generator = np.random.default_rng(0)
    programs = {
        "selu": lambda x: 1.05 * np.where(x > 0, x, 1.67 * np.exp(x) - 1.67),
        "affine": lambda x: 3 * x + x,
        "sum-squares": lambda x: np.sum(x * x),
        "softmax": softmax,
        "layer-norm": layer_norm,
        "standardise": lambda d: (d - d.mean(0)) / d.std(0),
        "tanh-outer": lambda a, b: np.tanh(a + b),
        "matmul": lambda a, b: a @ b,
        "sin-twice": lambda x: np.sin(x) * 2,
    }

    def prepare(workload, args):
        if workload["kind"] == "normal":
            return lambda: generator.standard_normal(workload["out"], dtype=np.float32)
        program = programs[workload["kind"]]
        return lambda: program(*args)

    return f"NumPy {np.__version__}", prepare


def jax_engine():
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_platforms", "cpu")

    def layer_norm(x):
        centred = x - x.mean(-1, keepdims=True)
        return centred / jnp.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-5)

    programs = {
        "selu": lambda x: 1.05 * jnp.where(x > 0, x, 1.67 * jnp.exp(x) - 1.67),
        "affine": lambda x: 3 * x + x,
        "sum-squares": lambda x: jnp.sum(x * x),
        "softmax": lambda x: jax.nn.softmax(x, -1),
        "layer-norm": layer_norm,
        "standardise": lambda d: (d - d.mean(0)) / d.std(0),
        "tanh-outer": lambda a, b: jnp.tanh(a + b),
        "matmul": lambda a, b: a @ b,
        "sin-twice": lambda x: jnp.sin(x) * 2,
    }

    def mlp_loss(parameters, x, y):
        h, last = x, len(parameters) - 2
        for i in range(0, len(parameters), 2):
            h = h @ parameters[i] + parameters[i + 1]
            h = jax.nn.relu(h) if i < last else h
        return -jnp.mean(jnp.sum(jax.nn.log_softmax(h) * y, -1))

    def mlp_step(parameters, x, y):
        value, gradients = jax.value_and_grad(mlp_loss)(parameters, x, y)
        return [p - 0.01 * g for p, g in zip(parameters, gradients)], value

    def rnn(h, w, u, xs):
        def step(h, x):
            h = jnp.tanh(h @ w + x @ u)
            return h, h

        return jax.lax.scan(step, h, xs)[1]

    programs |= {
        "scan": lambda c: jax.lax.scan(lambda s, _: (s * 1.0001 + jnp.sin(s), None), c, None, length=100_000)[0],
        "fori": lambda c: jax.lax.fori_loop(0, 100_000, lambda i, s: s * 0.9999 + 1, c),
        "rnn": rnn,
        "vmap-grad": jax.vmap(jax.grad(lambda v: jnp.sin(v) * v + jnp.tanh(v))),
    }

    def prepare_mlp(args):
        """Each call goes on from the parameters of the one before, which it overwrites."""
        step = jax.jit(mlp_step, donate_argnums=0)
        *parameters, x, y = [jnp.asarray(a) for a in args]
        state = [[jnp.array(p) for p in parameters]]

        def call():
            state[0], loss = step(state[0], x, y)
            return jax.block_until_ready([*state[0], loss])

        return call

    def prepare(workload, args):
        if workload["kind"] == "mlp-step":
            return prepare_mlp(args)
        if workload["kind"] == "normal":
            shape = tuple(workload["out"])
            draw, arrays = jax.jit(lambda key: jax.random.normal(key, shape)), [jax.random.PRNGKey(0)]
        else:
            draw, arrays = jax.jit(programs[workload["kind"]]), [jnp.asarray(a) for a in args]
        return lambda: draw(*arrays).block_until_ready()

    return f"JAX {jax.__version__}, CPU, {len(jax.devices())} device", prepare


def time_once(call, inner):
    results = []
    begin = time.perf_counter()
    for _ in range(inner):
        results.append(call())
    return (time.perf_counter() - begin) * 1e3


class Server:
    def __init__(self, prepare, directory):
        import numpy

        self.numpy, self.prepare, self.directory, self.calls = numpy, prepare, directory, {}
        with open(f"{directory}/workloads.json", encoding="utf-8") as file:
            self.workloads = {w["name"]: w for w in json.load(file)}

    def read(self, workload, argument):
        path = f"{self.directory}/{workload['name']}.{argument['name']}.f32"
        return self.numpy.fromfile(path, "<f4").reshape(argument["shape"])

    def call_of(self, workload):
        name = workload["name"]
        if name not in self.calls:
            args = [self.read(workload, argument) for argument in workload["args"]]
            self.calls[name] = self.prepare(workload, args)
        return self.calls[name]

    def run(self, workload, reps):
        call, inner = self.call_of(workload), workload["inner"]
        if time_once(call, inner) < 50:  # warm-up, as in serve.ts
            time_once(call, inner)
        times = (time_once(call, inner) / inner for _ in range(reps))
        return "times " + " ".join(f"{t:.6f}" for t in times)

    def answer(self, line):
        verb, name, rest = line.split(" ", 2)
        if name not in self.workloads:
            return f"error no workload named {name}"
        workload = self.workloads[name]
        if verb == "run":
            return self.run(workload, int(rest))
        if verb == "check":
            result = self.call_of(workload)()
            parts = result if isinstance(result, list) else [result]
            self.numpy.concatenate([self.numpy.ravel(self.numpy.asarray(p, "<f4")) for p in parts]).tofile(rest)
            return "checked"
        return f"error unknown command {verb}"


def reply(text):
    print(text.replace("\n", " "), flush=True)


def main():
    engine, directory = sys.argv[1:]
    try:
        description, prepare = {"numpy": numpy_engine, "jax": jax_engine}[engine]()
        server = Server(prepare, directory)
    except ImportError as error:
        return reply(f"absent {error}")
    reply(f"ready {description}")
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        try:
            reply(server.answer(line.rstrip("\n")))
        except Exception as error:  # the harness reports it and goes on
            reply(f"error {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
