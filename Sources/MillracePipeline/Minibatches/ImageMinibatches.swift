import MillraceImages

extension MinibatchProducer {
  /// Produces minibatches of a data set's images.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - loading: What becomes of them. Its seed also orders the epochs.
  ///   - shuffles: Whether each epoch has a random order of its own: true to train, false to evaluate.
  ///   - balances: Whether each class comes equally often in a random order.
  ///   - cache: Where decoded images are kept; it must be of the data set and of the loading's canonical form.
  ///   - options: How to work.
  /// - Throws: `ThreadError` if the system refuses a thread; ``DatasetError/pack(_:)`` where other pixels are packed
  ///   than the loading asks for.
  public convenience init(
    dataset: Dataset, loading: ImageLoading, shuffles: Bool, balances: Bool = false,
    cache: ImageCache? = nil, options: Options
  ) throws {
    try dataset.requirePixels(of: loading.canonicalForm)
    let directories = OpenDirectories(dataset)
    try self.init(
      order: shuffles
        ? .shuffled(dataset, seed: loading.seed, balances: balances) : .sequential(count: dataset.count),
      featureCount: loading.preprocessing.featureCount, options: options
    ) {
      ImageLoader(dataset: dataset, loading: loading, cache: cache, directories: directories)
    }
  }
}
