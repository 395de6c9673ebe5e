"""Tries the recipe on a CPU: the same settings file, a tiny model, a few steps. The loss has to fall, the adapter to
merge, the merged model to generate.

    python training/smoke.py EXPORT WORK [--steps 60]
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

RECIPE = Path(__file__).with_name("sft.yaml")


def run(*command):
    """Runs a command, shows what it says, and gives it back."""
    print("$", *command, flush=True)
    said = []
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        for line in child.stdout:
            print(line, end="", flush=True)
            said.append(line)
    if child.returncode:
        sys.exit(child.returncode)
    return "".join(said)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("work")
    parser.add_argument("--steps", type=int, default=60)
    args = parser.parse_args()
    work = Path(args.work)
    tiny, tuned, merged = work / "tiny", work / "tuned", work / "merged"
    run(sys.executable, Path(__file__).with_name("tiny.py"), args.export, tiny)
    trl = Path(sys.executable).with_name("trl")
    overrides = {
        "model_name_or_path": tiny,
        "dataset_name": args.export,
        "output_dir": tuned,
        "max_steps": args.steps,
        "per_device_train_batch_size": 4,
        "gradient_accumulation_steps": 1,
        "max_length": 1024,
        "learning_rate": 0.01,
        "logging_steps": 5,
        "bf16": False,
        "use_cpu": True,
        "activation_checkpointing": False,
        "save_strategy": "no",
    }
    said = run(trl, "sft", "--config", RECIPE, *(part for key, value in overrides.items() for part in (f"--{key}", value)))

    from peft import AutoPeftModelForCausalLM
    from transformers import AutoTokenizer

    model = AutoPeftModelForCausalLM.from_pretrained(tuned).merge_and_unload()
    model.save_pretrained(merged)
    words = AutoTokenizer.from_pretrained(tiny)
    with open(Path(args.export) / "train.jsonl", encoding="utf-8") as rows:
        row = json.loads(rows.readline())
    asked = words.apply_chat_template(row["prompt"], add_generation_prompt=True, return_tensors="pt", return_dict=True)
    words_said = model.generate(**asked, max_new_tokens=20, do_sample=False)
    print("says:", repr(words.decode(words_said[0][asked["input_ids"].shape[1] :])))

    losses = [float(loss) for loss in re.findall(r"'loss': '?([0-9.]+)", said)]
    print("loss:", " ".join(f"{loss:.3f}" for loss in losses))
    if not losses or not losses[-1] < losses[0]:
        sys.exit("the loss did not fall")


if __name__ == "__main__":
    main()
