import MillraceVectors

/// The matrix products of a convolution, for some rows of places at a time.
///
/// The windows of the rows are laid side by side, a row of values for each place, and multiplied with all units at once. A
/// place's channels lie next to each other, so that a row of a window is one run of memory. A window's values go row by
/// row, place by place, channel by channel; the parameters hold a unit's weights channel by channel, as PyTorch does, and are
/// brought into the order of the windows once a pass.
struct ConvolutionProducts {
  let shape: ConvolutionShape
  let kernel: MatrixKernel

  private var output: PlaneShape { shape.output }
  private var taps: Int { shape.kernel * shape.kernel }

  // MARK: Orders of weights

  /// Writes the weights for products forward: (values of a window, units).
  func arrangeForward(_ weights: UnsafePointer<Float>, into matrix: UnsafeMutablePointer<Float>) {
    forEachWeight { window, unit, place in matrix[window * shape.channels + unit] = weights[place] }
  }

  /// Writes the weights for products backward: (units, values of a window).
  func arrangeBackward(_ weights: UnsafePointer<Float>, into matrix: UnsafeMutablePointer<Float>) {
    forEachWeight { window, unit, place in matrix[unit * shape.windowCount + window] = weights[place] }
  }

  /// Brings the weights' gradient, (values of a window, units), into the order of the parameters.
  func arrangeGradient(_ matrix: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>) {
    forEachWeight { window, unit, place in gradient[place] = matrix[window * shape.channels + unit] }
  }

  @inline(__always)
  private func forEachWeight(_ body: (_ window: Int, _ unit: Int, _ place: Int) -> Void) {
    let (channels, taps) = (shape.input.channels, taps)
    for channel in 0..<channels {
      for tap in 0..<taps {
        for unit in 0..<shape.channels {
          body(tap * channels + channel, unit, (unit * channels + channel) * taps + tap)
        }
      }
    }
  }

  // MARK: Windows

  /// Lays windows side by side.
  ///
  /// - Parameters:
  ///   - samples: (rows, the picture's values), channels next to each other.
  ///   - run: Which of them.
  ///   - windows: (places of the run, values of a window).
  func gather(_ samples: Matrix, _ run: ConvolutionShape.Run, into windows: UnsafeMutablePointer<Float>) {
    var target = windows
    let size = shape.windowCount
    for sample in run.samples {
      let picture = samples.row(sample)
      for row in run.rows {
        for column in 0..<output.width {
          forEachRow(ofWindowAt: row, column) { offset, source, count in
            let line = target + offset.start
            let (before, after) = (offset.before, offset.line - offset.before - count)
            for i in 0..<before { line[i] = 0 }
            copy(picture + source, to: line + before, count: count)
            for i in 0..<after { line[before + count + i] = 0 }
          }
          target += size
        }
      }
    }
  }

  /// Adds the gradients of windows to those of the places that they go over.
  ///
  /// - Parameters:
  ///   - windows: (places of the run, values of a window).
  ///   - run: Which of the samples.
  ///   - gradients: (rows, the picture's values), channels next to each other.
  func scatter(_ windows: UnsafePointer<Float>, _ run: ConvolutionShape.Run, into gradients: Matrix) {
    var source = windows
    let size = shape.windowCount
    for sample in run.samples {
      let picture = gradients.row(sample)
      for row in run.rows {
        for column in 0..<output.width {
          forEachRow(ofWindowAt: row, column) { offset, place, count in
            add(source + offset.start + offset.before, to: picture + place, count: count)
          }
          source += size
        }
      }
    }
  }

  /// The same for a picture of planes, which only a layer that has weights of its own before this one asks for.
  ///
  /// - Parameter gradients: (rows, the picture's values), plane after plane.
  func scatter(
    _ windows: UnsafePointer<Float>, _ run: ConvolutionShape.Run, intoPlanes gradients: Matrix
  ) {
    var source = windows
    let (channels, plane) = (shape.input.channels, shape.input.places)
    for sample in run.samples {
      let picture = gradients.row(sample)
      for row in run.rows {
        for column in 0..<output.width {
          forEachRow(ofWindowAt: row, column) { offset, place, count in
            let values = source + offset.start + offset.before
            for i in 0..<count { picture[i % channels * plane + (place + i) / channels] += values[i] }
          }
          source += shape.windowCount
        }
      }
    }
  }

  /// A row of a window: where it begins among the window's values, how many there are, and how many of the first lie in the
  /// border.
  private struct WindowRow {
    let start: Int
    let line: Int
    let before: Int
  }

  /// Calls `body` with each row of a window, and the part of it that lies on the picture: where that begins, and how many
  /// values it has.
  @inline(__always)
  private func forEachRow(
    ofWindowAt row: Int, _ column: Int, _ body: (_ row: WindowRow, _ source: Int, _ count: Int) -> Void
  ) {
    let (channels, width) = (shape.input.channels, shape.input.width)
    let line = shape.kernel * channels
    let (top, left) = (row * shape.stride - shape.padding, column * shape.stride - shape.padding)
    let first = min(max(0, -left), shape.kernel)
    let last = max(first, min(shape.kernel, width - left))
    for number in 0..<shape.kernel {
      let y = top + number
      let isInside = y >= 0 && y < shape.input.height && last > first
      body(
        WindowRow(start: number * line, line: line, before: isInside ? first * channels : line),
        isInside ? (y * width + left + first) * channels : 0, isInside ? (last - first) * channels : 0)
    }
  }

  // MARK: Products

  /// products ← windows · weights.
  ///
  /// - Parameters:
  ///   - windows: (places, values of a window).
  ///   - weights: As ``arrangeForward(_:into:)`` writes them.
  ///   - products: (places, units).
  func multiply(
    _ windows: UnsafeMutablePointer<Float>, _ weights: UnsafeMutablePointer<Float>,
    into products: UnsafeMutablePointer<Float>, places: Int
  ) {
    kernel.multiply(
      Matrix(base: windows, rows: places, columns: shape.windowCount),
      Matrix(base: weights, rows: shape.windowCount, columns: shape.channels),
      into: Matrix(base: products, rows: places, columns: shape.channels))
  }

  /// gradient ← gradient + windowsᵀ · products' gradient.
  ///
  /// - Parameter gradient: (values of a window, units).
  func addWeightGradient(
    _ windows: UnsafeMutablePointer<Float>, _ products: UnsafeMutablePointer<Float>, places: Int,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    kernel.multiply(
      transposed: Matrix(base: windows, rows: places, columns: shape.windowCount),
      Matrix(base: products, rows: places, columns: shape.channels),
      into: Matrix(base: gradient, rows: shape.windowCount, columns: shape.channels), accumulating: true)
  }

  /// windows ← products' gradient · weights.
  ///
  /// - Parameter weights: As ``arrangeBackward(_:into:)`` writes them.
  func multiplyBack(
    _ products: UnsafeMutablePointer<Float>, _ weights: UnsafeMutablePointer<Float>,
    into windows: UnsafeMutablePointer<Float>, places: Int
  ) {
    kernel.multiply(
      Matrix(base: products, rows: places, columns: shape.channels),
      Matrix(base: weights, rows: shape.channels, columns: shape.windowCount),
      into: Matrix(base: windows, rows: places, columns: shape.windowCount))
  }
}
