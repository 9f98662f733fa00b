import MillraceImages

extension MinibatchProducer {
  /// Produces minibatches of a data set's images.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - loading: How the images become rows. Its seed also orders the epochs.
  ///   - shuffles: Whether each epoch has a random order of its own: true to train, false to evaluate.
  ///   - balances: Whether each class comes equally often in a random order.
  ///   - cache: The cache of decoded images; it must be that of the data set and of the loading's canonical form.
  ///   - options: The producer's options.
  /// - Throws: `ThreadError` if the system refuses to start a thread; ``DatasetError/pack(_:)`` where the packed
  ///   pixels are not those that the loading asks for.
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
