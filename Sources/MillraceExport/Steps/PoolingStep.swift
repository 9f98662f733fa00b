import MillraceNetwork

/// The largest or the mean of each window of planes, windows side by side; what fills no window is left out.
struct PoolingStep: NetworkStep {
  let input: PlaneShape
  /// Whether the largest is taken instead of the mean.
  let isMaximum: Bool
  /// The rows of a window.
  let height: Int
  /// The columns of a window.
  let width: Int

  private var rows: Int { input.height / height }
  private var columns: Int { input.width / width }

  var inputCount: Int { input.count }
  var outputCount: Int { input.channels * rows * columns }

  func run(_ planes: [Float]) -> [Float] {
    let (rows, columns) = (rows, columns)
    return (0..<outputCount).map { index in
      let (plane, row, column) = (index / (rows * columns), index / columns % rows, index % columns)
      let first = (plane * input.height + row * height) * input.width + column * width
      var value = isMaximum ? planes[first] : 0
      for y in 0..<height {
        for x in 0..<width {
          let other = planes[first + y * input.width + x]
          value = isMaximum ? max(value, other) : value + other
        }
      }
      return isMaximum ? value : value / Float(height * width)
    }
  }

  func write(to source: inout CSource, named name: String, from place: String, to output: String) {
    source.call(
      isMaximum ? .poolMaximum : .poolMean,
      "\(place), \(output), \(input.channels), \(input.height), \(input.width), \(height), \(width)")
  }
}

extension CFunction {
  static let poolMaximum = pooling(
    "pool_maximum", "the largest", start: "at[0]",
    step: "if (at[i * width + j] > value) value = at[i * width + j];", end: "value")
  static let poolMean = pooling(
    "pool_mean", "the mean", start: "0", step: "value += at[i * width + j];",
    end: "value / (float)(high * wide)")

  private static func pooling(
    _ name: String, _ words: String, start: String, step: String, end: String
  ) -> CFunction {
    CFunction(
      name,
      """
      /* y = \(words) of each window of high * wide values, side by side in each plane. */
      static void \(name)(
          const float *x, float *y, int planes, int height, int width, int high, int wide) {
        int plane, row, column, i, j;
        for (plane = 0; plane < planes; plane++, x += height * width)
          for (row = 0; row < height / high; row++)
            for (column = 0; column < width / wide; column++) {
              const float *at = x + row * high * width + column * wide;
              float value = \(start);
              for (i = 0; i < high; i++)
                for (j = 0; j < wide; j++)
                  \(step)
              *y++ = \(end);
            }
      }
      """)
  }
}
