import MillraceShards

/// A vector that travels from one rank to another in a step.
package struct StepMessage: Hashable, Sendable {
  /// What a message holds.
  package enum Content: Hashable, Sendable {
    /// The sum over some of the sender's shards, a subtree, of the gradient of the receiver's slice of a bucket.
    case gradients(bucket: Int, part: Range<Int>)
    /// The inputs of the sender's shards.
    case inputs
    /// The products of the sender's rows of the first layer's weights with the inputs of the receiver's shard.
    case products(shard: Int)
    /// For the sender's shard, the gradient of the receiver's units of the first layer.
    case unitGradients(shard: Int)
  }

  let from: Int
  let to: Int
  let content: Content
}

extension Placement {
  /// Says which messages are waited for together.
  func tag(of message: StepMessage) -> Int {
    let inputs = buckets.count
    let products = inputs + ranks.ranks
    return switch message.content {
    case .gradients(let bucket, _): bucket
    case .inputs: inputs + message.from
    case .products(let shard): products + shard
    case .unitGradients(let shard): tagOfUnitGradients(shard)
    }
  }

  /// The tag of what the owners of the first layer's units get of a shard.
  func tagOfUnitGradients(_ shard: Int) -> Int {
    buckets.count + ranks.ranks + layout.shards.count + shard
  }
}
