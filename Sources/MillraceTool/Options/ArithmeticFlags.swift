import ArgumentParser

/// In what a model multiplies.
struct ArithmeticFlags: ParsableArguments {
  @Flag(
    help:
      "Multiply in float32, as exports of the model do, also where it was trained with --precision bf16.")
  var float32 = false
}
