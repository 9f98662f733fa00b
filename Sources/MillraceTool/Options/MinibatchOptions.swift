import ArgumentParser

/// How images are put together.
struct MinibatchOptions: SettingOptions {
  @Option(help: .setting("batch-size", value: "n"))
  var batchSize: String?

  @Option(
    help: .setting("shards", value: "n", more: "by default 2, or one for each 128 images of a minibatch"))
  var shards: String?

  var given: [(key: String, text: String?)] {
    [("batch-size", batchSize), ("shards", shards)]
  }
}
