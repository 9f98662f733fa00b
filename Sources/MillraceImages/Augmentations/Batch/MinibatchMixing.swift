import MillraceRandom

/// How the rows of one minibatch are mixed with each other: which rows, how much, and where.
package struct MinibatchMixing: Hashable, Sendable {
  /// The columns and rows of a pasted box, in pixels.
  package struct Box: Hashable, Sendable {
    /// The columns, from left to right.
    package let columns: Range<Int>
    /// The rows, from top to bottom.
    package let rows: Range<Int>
  }

  /// The partner of each row: a permutation.
  package private(set) var partners: [Int32] = []
  /// The share of a row's own target, from 0 to 1; its partner has the rest.
  package private(set) var lambda: Float = 1
  /// The box into which the partner is pasted; nil where rows are blended.
  package private(set) var box: Box?

  /// Begins without mixing.
  package init() {}

  /// Whether every row stays as it is.
  package var isIdentity: Bool { lambda == 1 }

  mutating func reset(count: Int) {
    partners.removeAll(keepingCapacity: true)
    for row in 0..<Int32(count) { partners.append(row) }
    lambda = 1
    box = nil
  }

  mutating func shufflePartners(using random: inout KeyedRandom) { random.shuffle(&partners) }

  mutating func blend(lambda: Float) {
    self.lambda = lambda
  }

  /// Chooses a box of about (1 − share) of the area with its centre anywhere. The part outside the picture is cut
  /// off, and λ becomes the share that is really kept.
  mutating func paste(keeping share: Float, size: ImageSize, x: Float, y: Float) {
    let side = (1 - share).squareRoot()
    func range(_ length: Int, _ position: Float) -> Range<Int> {
      let center = position * Float(length)
      let half = side * Float(length) / 2
      let low = max(0, Int((center - half).rounded()))
      return low..<max(low, min(length, Int((center + half).rounded())))
    }
    let box = Box(columns: range(size.width, x), rows: range(size.height, y))
    self.box = box
    lambda = 1 - Float(box.columns.count * box.rows.count) / Float(size.width * size.height)
  }

  /// Writes one mixed row.
  ///
  /// - Parameters:
  ///   - row: The row's index.
  ///   - features: The unmixed rows, each `channels × height × width` values.
  ///   - stride: The values from the start of one row to the start of the next; nil: rows follow each other without
  ///     padding.
  ///   - channels: The number of planes in a row.
  ///   - size: The size of the images.
  ///   - target: Takes the row; must not overlap `features`.
  package func mix(
    row: Int, of features: UnsafePointer<Float>, stride: Int? = nil, channels: Int, size: ImageSize,
    into target: UnsafeMutablePointer<Float>
  ) {
    let count = channels * size.height * size.width
    let own = features + row * (stride ?? count)
    let other = features + Int(partners[row]) * (stride ?? count)
    guard let box else {
      let share = lambda
      for i in 0..<count { target[i] = share * own[i] + (1 - share) * other[i] }
      return
    }
    target.update(from: own, count: count)
    for plane in 0..<channels {
      for y in box.rows {
        let start = (plane * size.height + y) * size.width + box.columns.lowerBound
        (target + start).update(from: other + start, count: box.columns.count)
      }
    }
  }

  /// The mean of one number a row, such as a weight: λ of a row's own, the rest of its partner's.
  ///
  /// Where both are equal it is the number itself, to the bit.
  ///
  /// - Parameters:
  ///   - numbers: One a row, unmixed.
  ///   - row: The row's index.
  package func mixed(_ numbers: UnsafePointer<Float>, row: Int) -> Float {
    let other = numbers[Int(partners[row])]
    return other + lambda * (numbers[row] - other)
  }

  /// Mixes one row's target, in the place of its one-hot or smoothed target.
  ///
  /// - Parameters:
  ///   - row: The row's index.
  ///   - targets: The unmixed targets, with `classes` values in each row.
  ///   - classes: The number of values in a row.
  ///   - mixed: Takes the row's target: λ · own + (1 − λ) · partner's. Its sum is that of the unmixed targets.
  package func mixTarget(
    row: Int, of targets: UnsafePointer<Float>, classes: Int, into mixed: UnsafeMutablePointer<Float>
  ) {
    let own = targets + row * classes
    let other = targets + Int(partners[row]) * classes
    for i in 0..<classes { mixed[i] = lambda * own[i] + (1 - lambda) * other[i] }
  }
}
