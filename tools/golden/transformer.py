"""Writes packages/transformer/test/goldens/: PyTorch's nn.Transformer and a tiny GPT, with every gradient.

Run from the repository root: /path/to/python tools/golden/transformer.py   (torch 2.13, safetensors)

Each model is a pair of files. `NAME.json` holds the inputs, outputs, losses and the configuration. `NAME.safetensors`
holds the weights under PyTorch's names and the gradient of each as `grad.<name>`; for the GPT also the weights after ten
steps as `after.<name>`. Inputs and weights are f32; everything is computed in double precision from them.
"""

import torch
import torch.nn.functional as F
from torch import nn

import golden

FOLDER = "packages/transformer/test/goldens"
f32, f64 = torch.float32, torch.float64


def randomise(model, seed, spread=0.3):
    """Every parameter, biases and norms too: what starts at 0 or 1 would hide mistakes."""
    generator = golden.seeded("weights", seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=f64) * spread
            scale = "norm" in name or "ln_" in name
            parameter.copy_((noise + (1 if scale and name.endswith("weight") else 0)).to(f32))


def gradients_of(model):
    return {f"grad.{key}": parameter.grad.clone() for key, parameter in model.named_parameters()}


def seq2seq(name, norm_first):
    config = {"d_model": 16, "nhead": 2, "num_encoder_layers": 2, "num_decoder_layers": 2, "dim_feedforward": 32}
    model = nn.Transformer(**config, dropout=0.0, batch_first=True, norm_first=norm_first, dtype=f64)
    randomise(model, name)
    generator = golden.seeded("inputs", name)
    source = torch.randn(2, 5, 16, generator=generator).to(f64)
    target = torch.randn(2, 4, 16, generator=generator).to(f64)
    source_padding = torch.tensor([[False] * 5, [False, False, False, True, True]])
    target_padding = torch.tensor([[False] * 4, [False, False, False, True]])
    causal = torch.triu(torch.ones(4, 4, dtype=torch.bool), 1)
    outputs = {}
    masks = {
        "plain": {},
        "masked": {
            "tgt_mask": causal,
            "src_key_padding_mask": source_padding,
            "tgt_key_padding_mask": target_padding,
            "memory_key_padding_mask": source_padding,
        },
    }
    source.requires_grad_()
    target.requires_grad_()
    for key, options in masks.items():
        model.zero_grad()
        source.grad = target.grad = None
        output = model(source, target, **options)
        loss = (output * golden.weights(output.shape)).sum()
        loss.backward()
        outputs[key] = {"output": output, "loss": loss, "sourceGradient": source.grad, "targetGradient": target.grad}
    # The gradients are those of the last pass, the masked one.
    golden.save(f"{FOLDER}/{name}.safetensors", {**dict(model.named_parameters()), **gradients_of(model)})
    golden.write(
        f"{FOLDER}/{name}.json",
        {
            "config": {**config, "norm_first": norm_first},
            "source": source,
            "target": target,
            "sourcePadding": source_padding,
            "targetPadding": target_padding,
            "causal": causal,
            **outputs,
        },
    )


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)
        self.heads = heads

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in self.c_attn(x).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.transpose(1, 2).reshape(batch, length, width))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc = nn.Linear(width, 4 * width)
        self.c_proj = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1, self.attn = nn.LayerNorm(width), Attention(width, heads)
        self.ln_2, self.mlp = nn.LayerNorm(width), Mlp(width)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Gpt(nn.Module):
    """nanoGPT's model: pre-norm, learned positions, head tied to the token embedding."""

    def __init__(self, vocabulary, context, layers, heads, width):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.h = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln_f = nn.LayerNorm(width)

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


def loss_of(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def gpt(name, steps=10):
    config = {"vocabulary": 13, "context": 8, "layers": 2, "heads": 2, "width": 16}
    training = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "weightDecay": 0.1, "clip": 1.0}
    model = Gpt(**config).to(f64)
    randomise(model, name)
    text = torch.randint(0, config["vocabulary"], (steps, 3, 9), generator=golden.seeded("text", name))
    tokens, targets = text[:, :, :-1], text[:, :, 1:]
    logits = model(tokens[0])
    loss_of(logits, targets[0]).backward()
    gradients = gradients_of(model)
    before = {key: parameter.detach().clone() for key, parameter in model.named_parameters()}
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": matrices, "weight_decay": training["weightDecay"]}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=training["lr"], betas=(training["beta1"], training["beta2"]), eps=training["eps"])
    losses, norms = [], []
    for x, y in zip(tokens, targets):
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(model.parameters(), training["clip"]).item())
        optimizer.step()
        losses.append(loss.item())
    after = {f"after.{key}": parameter for key, parameter in model.named_parameters()}
    tensors = {**before, **gradients, **after}
    golden.save(f"{FOLDER}/{name}.safetensors", tensors)
    golden.write(
        f"{FOLDER}/{name}.json",
        {
            "config": config,
            "training": training,
            "tokens": tokens,
            "targets": targets,
            "logits": logits,
            "losses": losses,
            "gradientNorms": norms,
        },
    )


seq2seq("transformer-post-norm", norm_first=False)
seq2seq("transformer-pre-norm", norm_first=True)
gpt("gpt")
