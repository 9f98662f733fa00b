extension Network {
  /// The stages of a pass: 1, and 1 for each layer with sums over the whole minibatch.
  public var stageCount: Int { stages.count }
  /// A stage's layers in the order of a pass backward, in which a layer with sums over the minibatch belongs to the stage
  /// before: its sums are made at the end of its own.
  public func backwardLayers(ofStage stage: Int) -> ReversedCollection<Range<Int>> {
    let isLast = stage + 1 == stages.count
    let first = stage > 0 ? stages[stage].lowerBound + 1 : 0
    return (first..<(isLast ? layers.count : stages[stage].upperBound + 1)).reversed()
  }

  /// The sums at the boundary before a stage.
  ///
  /// - Parameter stage: From 1 on.
  public func sumCount(beforeStage stage: Int) -> Int { synchronized[stage - 1].sumCount }
  /// The most sums that any boundary between stages has.
  public var largestSumCount: Int {
    synchronized.map(\.sumCount).max() ?? 0
  }
}
