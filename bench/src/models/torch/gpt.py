"""nanoGPT's model: pre-norm, learned positions, head tied to the token embedding."""

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)
        self.heads = heads

    def forward(self, x, past=None):
        """`past` holds keys and values [2, batch, heads, context, head] and the position from which x stands."""
        batch, time, width = x.shape
        q, k, v = (part.view(batch, time, self.heads, -1).transpose(1, 2) for part in self.c_attn(x).split(width, dim=2))
        if past is None:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            cache, at = past
            cache[0, :, :, at : at + time] = k
            cache[1, :, :, at : at + time] = v
            y = F.scaled_dot_product_attention(q, cache[0, :, :, : at + time], cache[1, :, :, : at + time])
        return self.c_proj(y.transpose(1, 2).reshape(batch, time, width))


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

    def forward(self, x, past=None):
        x = x + self.attn(self.ln_1(x), past)
        return x + self.mlp(self.ln_2(x))


class Gpt(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        width = sizes["width"]
        self.wte, self.wpe = nn.Embedding(sizes["vocabulary"], width), nn.Embedding(sizes["context"], width)
        self.h = nn.ModuleList(Block(width, sizes["heads"]) for _ in range(sizes["layers"]))
        self.ln_f = nn.LayerNorm(width)

    def forward(self, ids, caches=None, at=0):
        """Logits [batch, time, vocabulary]; with caches, ids are one token of each sequence, at a position."""
        x = self.wte(ids) + self.wpe.weight[at : at + ids.shape[1]]
        for i, block in enumerate(self.h):
            x = block(x, None if caches is None else (caches[i], at))
        return F.linear(self.ln_f(x), self.wte.weight)

    def empty_caches(self, sizes):
        head = sizes["width"] // sizes["heads"]
        return [torch.zeros(2, 1, sizes["heads"], sizes["context"], head) for _ in self.h]
