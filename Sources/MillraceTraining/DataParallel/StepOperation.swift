/// One thing that a worker does in a step.
///
/// Who does it when is said by a ``StepProgram``, how it is done by a ``StepMachine``. Rows are numbers of
/// `Network.weightRows`, pieces of ``Placement/pieces``, messages of ``StepProgram/messages``.
package enum StepOperation: Hashable, Sendable {
  // A shard's way through the network.

  /// Multiplies rows that need nothing else, those of the first layer, with a shard's inputs.
  case multiply(rows: Int, shard: Int)
  /// Runs a stage of a shard's layers forward.
  case forward(shard: Int, stage: Int)
  /// Sums a shard's loss, and begins its way back.
  case evaluateLoss(shard: Int)
  /// Runs a layer of a shard backward, and writes its gradient into the shard's vector, but for its matrices.
  case backward(shard: Int, layer: Int)
  /// Writes the gradient of rows of a weight matrix into a shard's vector.
  case writeGradient(rows: Int, shard: Int)

  // Sums over the whole minibatch that layers need.

  /// Sums up a shard before a boundary.
  case sumShard(shard: Int, StageBoundary)
  /// Begins to hand the ranks' sums of their shards around.
  case shareSums(StageBoundary)
  /// Adds up the shards' sums, for this worker or for all.
  case addSums(StageBoundary)

  // Workers of a process with each other.

  /// Waits until all workers have come here.
  case meet
  /// Takes tasks from a queue until none is left.
  case claim(queue: Int)
  /// Counts an event; with the last one a counter waits for, its operations are carried out.
  case count(counter: Int)

  // Messages between ranks.

  /// Asks for a message.
  case receive(Int)
  /// Copies what is sent, where it does not lie together.
  case pack(Int)
  /// Begins to send a message, whose memory stays as it is until ``finishSends``.
  case send(Int)
  /// Waits for the messages with a tag that were asked for.
  case finish(tag: Int)
  /// Waits until all messages are sent.
  case finishSends
  /// Waits for all that was begun to be handed around.
  case finishGathers
  /// Begins to tell all ranks how many rows each shard has.
  case shareCounts
  /// Begins to hand the shards' losses around.
  case shareLosses
  /// Begins to hand the squares of some blocks around: a bucket's, or the shared rows' where there is no bucket.
  case shareSquares(bucket: Int?)
  /// Begins to tell all ranks of gradients that are not finite.
  case shareFindings
  /// Begins to hand a bucket's stepped parameters around.
  case shareParameters(bucket: Int)
  /// Adds up what this rank's shards have of another's slice of a bucket, as far as one of its subtrees goes.
  case addUp(part: Int, bucket: Int, rank: Int)

  // The update.

  /// Ends the step where the loss is not finite: ``StepProgram/ifDiverged`` follows.
  case stopIfDiverged
  /// Computes the gradients of a run of a piece's tiles for all shards, and adds them up.
  case addProducts(piece: Int, run: Int)
  /// Keeps these sums until the norm is known.
  case keepProducts(piece: Int, run: Int)
  /// Adds up a piece's gradient over the shards' vectors, and leaves it there.
  case sum(piece: Int)
  /// Adds up the squares of a piece's gradient.
  case measure(piece: Int)
  /// Finds the factor on the gradient that its norm asks for.
  case scale
  /// Adds up and steps a run of a piece's tiles, which are in cache.
  case stepProducts(piece: Int, run: Int)
  /// Does what follows when all tiles of a piece are stepped.
  case complete(piece: Int)
  /// Adds up and steps a piece, block by block.
  case sumAndStep(piece: Int)
  /// Steps a piece by the sum that was measured.
  case step(piece: Int)
  /// Moves the average towards some blocks.
  case average(blocks: Range<Int>)
}
