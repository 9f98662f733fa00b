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
      order: Self.order(of: dataset, seed: loading.seed, shuffles: shuffles, balances: balances),
      featureCount: loading.preprocessing.featureCount, options: options
    ) {
      ImageLoader(dataset: dataset, loading: loading, directories: directories)
    }
  }

  private static func order(of dataset: Dataset, seed: UInt64, shuffles: Bool, balances: Bool) -> EpochOrder {
    if !shuffles { return .sequential(count: dataset.count) }
    if !balances { return .shuffled(count: dataset.count, seed: seed) }
    return .balanced(labels: (0..<dataset.count).map(dataset.label(of:)), seed: seed)
  }
}
