import MillraceVectors

/// A row of windows, whose values are scaled and shifted, go through an activation f and are pooled: y is the largest, or the
/// mean, of f(scale · x + shift) over each window.
///
/// All of it is done in one go over memory; nothing that is as large as the values is written but their gradient, which takes
/// their place.
struct PooledRow {
  /// x: (window rows, places, channels), of which the places that fill windows are looked at.
  let values: UnsafeMutablePointer<Float>
  /// The elements from one row of places to the next.
  let rowStride: Int
  /// The values of a place.
  let channels: Int
  /// The windows.
  let count: Int
  /// What becomes of a window.
  let pooling: Pooling
  /// For each channel.
  let scale: UnsafePointer<Float>
  /// For each channel.
  let shift: UnsafePointer<Float>
}

/// For each channel: x becomes `slope` · g + `curve` · x + `offset`, g being the gradient with respect to scale · x + shift.
///
/// That is how a gradient goes back through normalisation; without it the slope is 1 and the others are 0.
struct ChannelGradient {
  let slope: UnsafePointer<Float>
  let curve: UnsafePointer<Float>
  let offset: UnsafePointer<Float>
}

/// Eight channels at once, or one where fewer are left.
private protocol ChannelAccess {
  static func load(_ values: UnsafePointer<Float>, _ index: Int) -> Lanes
  static func store(_ lanes: Lanes, to values: UnsafeMutablePointer<Float>, _ index: Int)
}

private enum EightChannels: ChannelAccess {
  @inline(__always) static func load(_ values: UnsafePointer<Float>, _ index: Int) -> Lanes {
    values.lanes(at: index)
  }
  @inline(__always) static func store(_ lanes: Lanes, to values: UnsafeMutablePointer<Float>, _ index: Int) {
    values.store(lanes, at: index)
  }
}

private enum OneChannel: ChannelAccess {
  @inline(__always) static func load(_ values: UnsafePointer<Float>, _ index: Int) -> Lanes {
    Lanes(repeating: values[index])
  }
  @inline(__always) static func store(_ lanes: Lanes, to values: UnsafeMutablePointer<Float>, _ index: Int) {
    values[index] = lanes[0]
  }
}

extension ElementwiseActivation {
  static func pool(_ row: PooledRow, to output: UnsafeMutablePointer<Float>) {
    for cell in 0..<row.count {
      let y = output + cell * row.channels
      forEachLane(
        row.channels,
        whole: { i in EightChannels.store(pooled(EightChannels.self, row, cell, i), to: y, i) },
        rest: { i in OneChannel.store(pooled(OneChannel.self, row, cell, i), to: y, i) })
    }
  }

  static func sumPooled(
    _ row: PooledRow, output: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    mean: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, products: UnsafeMutablePointer<Float>
  ) {
    for cell in 0..<row.count {
      let place = cell * row.channels
      forEachLane(
        row.channels,
        whole: { i in
          sumGradient(
            EightChannels.self, row, cell, i, output + place, gradient + place, mean, sums, products)
        },
        rest: { i in
          sumGradient(OneChannel.self, row, cell, i, output + place, gradient + place, mean, sums, products)
        })
    }
  }

  static func unpool(
    _ row: PooledRow, output: UnsafePointer<Float>, gradient: UnsafePointer<Float>, _ back: ChannelGradient
  ) {
    for cell in 0..<row.count {
      let place = cell * row.channels
      forEachLane(
        row.channels,
        whole: { i in writeGradient(EightChannels.self, row, cell, i, output + place, gradient + place, back)
        },
        rest: { i in writeGradient(OneChannel.self, row, cell, i, output + place, gradient + place, back) })
    }
  }

  // MARK: One window

  @inline(__always)
  private static func pooled<Access: ChannelAccess>(
    _ access: Access.Type, _ row: PooledRow, _ cell: Int, _ channel: Int
  ) -> Lanes {
    let (scale, shift) = (Access.load(row.scale, channel), Access.load(row.shift, channel))
    let window = row.pooling.window
    let first = row.values + cell * window * row.channels
    var result = value(Access.load(first, channel) * scale + shift)
    if window == 1 { return result }
    let isMean = row.pooling.kind == .average
    for line in 0..<window {
      for column in line == 0 ? 1..<window : 0..<window {
        let x = Access.load(first + line * row.rowStride + column * row.channels, channel)
        let y = value(x * scale + shift)
        // A value that is not a number wins over what was before, and nothing is greater than it.
        result = isMean ? result + y : result.replacing(with: y, where: (y .> result) .| (y .!= y))
      }
    }
    return isMean ? result * (1 / Float(window * window)) : result
  }

  /// Calls `body` with each value of a window, x, its address, and the gradient with respect to scale · x + shift.
  @inline(__always)
  private static func forEachValue<Access: ChannelAccess>(
    _ access: Access.Type, _ row: PooledRow, _ cell: Int, _ channel: Int, _ output: UnsafePointer<Float>,
    _ gradient: UnsafePointer<Float>, _ body: (UnsafeMutablePointer<Float>, _ x: Lanes, _ g: Lanes) -> Void
  ) {
    let (scale, shift) = (Access.load(row.scale, channel), Access.load(row.shift, channel))
    let window = row.pooling.window
    let first = row.values + cell * window * row.channels
    let isMean = row.pooling.kind == .average
    let largest = Access.load(output, channel)
    // What is left for the values that come: of equal ones the first takes all.
    var left = Access.load(gradient, channel)
    if isMean { left *= 1 / Float(window * window) }
    for line in 0..<window {
      for column in 0..<window {
        let place = first + line * row.rowStride + column * row.channels
        let x = Access.load(place, channel)
        let sum = x * scale + shift
        let y = value(sum)
        var share = left
        if !isMean {
          let isLargest = y .== largest
          share = Lanes.zero.replacing(with: left, where: isLargest)
          left = left.replacing(with: 0, where: isLargest)
        }
        body(place, x, share * derivative(input: derivativeNeedsInput ? sum : y, output: y))
      }
    }
  }

  @inline(__always)
  private static func sumGradient<Access: ChannelAccess>(
    _ access: Access.Type, _ row: PooledRow, _ cell: Int, _ channel: Int, _ output: UnsafePointer<Float>,
    _ gradient: UnsafePointer<Float>, _ mean: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>,
    _ products: UnsafeMutablePointer<Float>
  ) {
    let mean = Access.load(mean, channel)
    var (sum, product) = (Access.load(sums, channel), Access.load(products, channel))
    forEachValue(access, row, cell, channel, output, gradient) { _, x, g in
      sum += g
      product += g * (x - mean)
    }
    Access.store(sum, to: sums, channel)
    Access.store(product, to: products, channel)
  }

  @inline(__always)
  private static func writeGradient<Access: ChannelAccess>(
    _ access: Access.Type, _ row: PooledRow, _ cell: Int, _ channel: Int, _ output: UnsafePointer<Float>,
    _ gradient: UnsafePointer<Float>, _ back: ChannelGradient
  ) {
    let (slope, curve) = (Access.load(back.slope, channel), Access.load(back.curve, channel))
    let offset = Access.load(back.offset, channel)
    forEachValue(access, row, cell, channel, output, gradient) { place, x, g in
      Access.store(slope * g + (curve * x + offset), to: place, channel)
    }
  }
}

extension PooledRow {
  /// Writes the gradient of values that fill no window, which nothing comes back to but by the normalisation.
  ///
  /// - Parameters:
  ///   - values: (count, channels).
  ///   - count: The places.
  static func writeRest(
    _ values: UnsafeMutablePointer<Float>, count: Int, channels: Int, _ back: ChannelGradient
  ) {
    for place in 0..<count {
      let x = values + place * channels
      forEachLane(
        channels,
        whole: { i in x.store(back.curve.lanes(at: i) * x.lanes(at: i) + back.offset.lanes(at: i), at: i) },
        rest: { i in x[i] = back.curve[i] * x[i] + back.offset[i] })
    }
  }
}
