/// What a convolution goes over: windows of k × k places, some places apart, on a picture with a border of zeros.
public struct ConvolutionShape: Sendable, Hashable {
  /// The picture.
  public let input: PlaneShape
  /// The channels of the output.
  public let channels: Int
  /// The side of a window, k.
  public let kernel: Int
  /// The places from one window to the next.
  public let stride: Int
  /// The width of the border.
  public let padding: Int

  /// Names a convolution.
  public init(input: PlaneShape, channels: Int, kernel: Int = 3, stride: Int = 1, padding: Int? = nil) {
    (self.input, self.channels, self.kernel, self.stride) = (input, channels, kernel, stride)
    self.padding = padding ?? kernel / 2
  }

  /// The output: a place for each window that fits.
  public var output: PlaneShape {
    PlaneShape(channels: channels, height: windows(along: input.height), width: windows(along: input.width))
  }

  /// The weights of a unit: as many as a window has values.
  public var windowCount: Int { kernel * kernel * input.channels }

  private func windows(along side: Int) -> Int {
    side + 2 * padding < kernel ? 0 : (side + 2 * padding - kernel) / stride + 1
  }
}

extension ConvolutionShape {
  /// The values of windows that are laid side by side at a time: a quarter of a megabyte, which stays in the second cache
  /// with the weights and the products.
  private static let wanted = 1 << 16

  /// Rows of places, of some samples, that are multiplied at a time.
  struct Run {
    /// The samples.
    let samples: Range<Int>
    /// The same rows of each.
    let rows: Range<Int>
  }

  /// How the rows of places of a sample are cut into runs: by the shape alone. Where all windows of several samples are few, a
  /// run has several samples.
  ///
  /// - Parameter window: The rows that are pooled together, which stay in one run.
  func cut(window: Int) -> (rows: [Range<Int>], samples: Int) {
    // Neither the windows nor what comes of them is more than is wanted.
    let row = output.width * max(windowCount, channels)
    guard output.height * row > Self.wanted else {
      return ([0..<output.height], Self.wanted / max(1, output.height * row))
    }
    let bands = max(1, output.height / window)
    let most = max(1, Self.wanted / (row * window))
    let count = (bands + most - 1) / most
    return (
      (0..<count).map { part in
        let end = part + 1 == count ? output.height : (part + 1) * bands / count * window
        return part * bands / count * window..<end
      }, 1
    )
  }
}
