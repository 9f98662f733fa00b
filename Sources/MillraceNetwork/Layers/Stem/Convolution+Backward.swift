import MillraceVectors

extension Convolution {
  /// Writes the sums of the gradient: that of β, and that of γ.
  public func sumBackward(
    input: Matrix, output: Matrix, outputGradient: Matrix, parameters: UnsafePointer<Float>,
    context: LayerContext, into sums: UnsafeMutablePointer<Double>
  ) {
    guard isSynchronized else { return }
    let memory = Memory(self, context)
    sumGradients(output: output, outputGradient: outputGradient, memory)
    sums.update(from: memory.sums, count: 2 * channels)
  }

  /// Σg and Σg·ẑ of the shard, g being the gradient with respect to what goes into the activation.
  private func sumGradients(output: Matrix, outputGradient: Matrix, _ memory: Memory) {
    let (sums, scratch) = (memory.sums, memory.channelScratch)
    sums.update(repeating: 0, count: 2 * channels)
    // Without normalisation there is no mean to go around.
    if !isNormalized { memory.mean.update(repeating: 0, count: channels) }
    forEachRun(of: output.rows) { run in
      forEachPooledRow(of: run, memory) { row, sample, place in
        scratch.update(repeating: 0, count: 2 * channels)
        function.sumPooled(
          row, output: output.row(sample) + place, gradient: outputGradient.row(sample) + place,
          mean: memory.mean, to: scratch, products: scratch + channels)
        for i in 0..<2 * channels { sums[i] += Double(scratch[i]) }
      }
    }
    guard isNormalized else { return }
    for i in 0..<channels { sums[channels + i] *= Double(memory.inverse[i]) }
    for i in 0..<channels {
      memory.shiftGradient[i] = Float(sums[i])
      memory.scaleGradient[i] = Float(sums[channels + i])
    }
  }

  /// See ``Layer``.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    let memory = Memory(self, context)
    // Where statistics are synchronised, the shard's sums are there already.
    if !isSynchronized { sumGradients(output: output, outputGradient: outputGradient, memory) }
    let (slice, places) = (gradient + weightCount, shape.output.places)
    if isNormalized {
      slice.update(from: memory.scaleGradient, count: channels)
      (slice + channels).update(from: memory.shiftGradient, count: channels)
      BatchNormalization.writeStatistics(
        mean: memory.mean, inverse: memory.inverse, columns: channels,
        share: Float(input.rows) / Float(max(1, context.minibatchCount)),
        count: Float((isSynchronized ? context.minibatchCount : input.rows) * places),
        running: parameters + weightCount + 3 * channels, into: slice + 2 * channels)
    } else {
      for i in 0..<channels { slice[i] = Float(memory.sums[i]) }
    }
    writeChannelGradient(
      parameters + weightCount, isSynchronized ? context.sums.baseAddress : UnsafePointer(memory.sums),
      count: (isSynchronized ? context.minibatchCount : input.rows) * places, memory)

    memory.weightGradient.update(repeating: 0, count: weightCount)
    if inputGradient != nil { products.arrangeBackward(parameters, into: memory.weights) }
    let back = ChannelGradient(
      slope: UnsafePointer(memory.slope), curve: UnsafePointer(memory.curve),
      offset: UnsafePointer(memory.offset))
    forEachRun(of: input.rows) { run in
      let (values, count) = (memory.values(of: run), self.places(of: run))
      forEachPooledRow(of: run, memory) { row, sample, place in
        function.unpool(
          row, output: output.row(sample) + place, gradient: outputGradient.row(sample) + place, back)
      }
      writeRest(of: run, values, back)
      gather(input, run, memory)
      products.addWeightGradient(memory.windows, values, places: count, to: memory.weightGradient)
      guard let inputGradient else { return }
      products.multiplyBack(values, memory.weights, into: memory.windows, places: count)
      scatter(run, memory, into: inputGradient)
    }
    products.arrangeGradient(memory.weightGradient, into: gradient)
  }

  /// How a gradient goes back through the normalisation: dz = γ / σ · (g − mean(g) − ẑ · mean(g·ẑ)), the means over
  /// whatever the statistics were over.
  private func writeChannelGradient(
    _ parameters: UnsafePointer<Float>, _ sums: UnsafePointer<Double>?, count: Int, _ memory: Memory
  ) {
    guard isNormalized, let sums else {
      memory.slope.update(repeating: 1, count: channels)
      memory.curve.update(repeating: 0, count: channels)
      return memory.offset.update(repeating: 0, count: channels)
    }
    let count = Double(max(1, count))
    for i in 0..<channels {
      let (inverse, mean) = (Double(memory.inverse[i]), Double(memory.mean[i]))
      let slope = Double(parameters[i]) * inverse
      let curve = -slope * inverse * sums[channels + i] / count
      memory.slope[i] = Float(slope)
      memory.curve[i] = Float(curve)
      memory.offset[i] = Float(-slope * sums[i] / count - curve * mean)
    }
  }

  /// The gradient of places that no pooling window has.
  private func writeRest(
    of run: ConvolutionShape.Run, _ values: UnsafeMutablePointer<Float>, _ back: ChannelGradient
  ) {
    let (window, width) = (pooling.window, shape.output.width)
    let (pooledWidth, pooledHeight) = (output.width * window, output.height * window)
    guard pooledWidth < width || pooledHeight < shape.output.height else { return }
    for number in 0..<run.samples.count {
      for row in run.rows {
        let line = values + (number * run.rows.count + row - run.rows.lowerBound) * width * channels
        let first = row < pooledHeight ? pooledWidth : 0
        PooledRow.writeRest(line + first * channels, count: width - first, channels: channels, back)
      }
    }
  }

  /// Adds the gradients of a run's windows to the input's.
  private func scatter(_ run: ConvolutionShape.Run, _ memory: Memory, into inputGradient: Matrix) {
    if run.rows.lowerBound == 0 {
      for sample in run.samples { inputGradient.row(sample).update(repeating: 0, count: inputCount) }
    }
    if takesPlanes {
      products.scatter(memory.windows, run, intoPlanes: inputGradient)
    } else {
      products.scatter(memory.windows, run, into: inputGradient)
    }
  }
}
