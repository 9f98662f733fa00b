# Sourced by soak and faults: a command, a workplace that is removed when the script ends, and a short run.
# shellcheck shell=bash

prepare() {
  data="$PWD/sample-data"
  millrace="${MILLRACE:-}"
  if [[ -z "$millrace" ]]; then
    step "Building millrace (some minutes the first time)"
    build -c release --product millrace
    millrace="$(swift build -c release --show-bin-path)/millrace"
  fi
  workplace="$(mktemp -d)"
  trap 'rm -rf "$workplace"' EXIT
  cd "$workplace" || exit
  # The run is small, with all features that a checkpoint could forget.
  options=(--image-size 8 --channels gray --hidden 16 --batch-size 64 --epochs 2 --augment "flip, mixup:0.2"
    --dropout 0.1 --batch-norm sync --ema 0.9 --workers 2 --loaders 2)
}

# Trains to the end under a name.
train() { "$millrace" train "$data" "${options[@]}" --name "$1" --quiet > /dev/null; }

# The SHA-256 of a run's model.
sum() { sha256sum "runs/$1/model.safetensors" | cut -d ' ' -f 1; }

milliseconds() { date +%s%3N; }
