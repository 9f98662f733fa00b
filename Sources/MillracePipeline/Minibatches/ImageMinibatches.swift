import MillraceImages

extension MinibatchProducer {
  /// Produces minibatches of a data set's images.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - loading: What becomes of them. Its seed also orders the epochs.
  ///   - shuffles: Whether each epoch has a random order of its own: true to train, false to evaluate.
  ///   - balances: Whether each class comes equally often in a random order.
  ///   - options: How to work.
  /// - Throws: ``ThreadError`` if the system refuses a thread.
  public convenience init(
    dataset: Dataset, loading: ImageLoading, shuffles: Bool, balances: Bool = false,
    options: Options
  ) throws {
    let directories = OpenDirectories(dataset)
    try self.init(
      order: shuffles
        ? .shuffled(dataset, seed: loading.seed, balances: balances) : .sequential(count: dataset.count),
      featureCount: loading.preprocessing.featureCount, options: options
    ) {
      ImageLoader(dataset: dataset, loading: loading, directories: directories)
    }
  }
}
