/// A place in a run: a minibatch that is about to be delivered.
public struct MinibatchPosition: Sendable, Hashable, Codable {
  /// The epoch.
  public var epoch: Int
  /// The minibatch in the epoch, from 0.
  public var minibatch: Int

  /// Makes a position.
  public init(epoch: Int, minibatch: Int = 0) {
    self.epoch = epoch
    self.minibatch = minibatch
  }
}
