"""Write a trained model as the folder that ships: an ordinary Sentence Transformers model and two tables.

- `model.safetensors`, `tokenizer.json`, `modules.json`, …: a static embedding, read by Sentence Transformers;
- `late.safetensors`: the unit vectors of late interaction (int8) and the weight of each token in a question;
- `ranker.safetensors`: the network that puts the evidence together (`training/fusion.py`).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from index.training.tokenizer import PADDING


def export_encoder(
    folder: Path,
    *,
    name: str,
    tokenizer: Tokenizer,
    table: torch.Tensor,
    projection: torch.Tensor,
    weights: torch.Tensor,
) -> None:
    """Write the encoder and the late-interaction tables.

    `table` (pieces, dim), `projection` (late dim, dim), `weights` (pieces,): importance of a token, positive.
    """
    folder.mkdir(parents=True, exist_ok=True)
    padding = tokenizer.token_to_id(PADDING)
    table = table.clone()
    table[padding] = 0
    late = torch.nn.functional.normalize(table @ projection.T, dim=-1)
    late[padding] = 0
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file({"embedding.weight": table.half().numpy()}, folder / "model.safetensors")
    save_file(
        {
            "vectors": np.rint(late.numpy() * 127).astype(np.int8),
            "weights": (weights / weights.mean()).half().numpy(),
        },
        folder / "late.safetensors",
    )
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules, indent=1), encoding="utf-8")
    settings: dict[str, object] = {"similarity_fn_name": "cosine", "prompts": {}, "default_prompt_name": None}
    settings_file = folder / "config_sentence_transformers.json"
    settings_file.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (folder / "1_Normalize/config.json").write_text("{}", encoding="utf-8")
    (folder / "tiaowen.json").write_text(json.dumps({"name": name}), encoding="utf-8")
