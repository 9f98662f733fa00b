import MillraceNetwork

/// Parameters whose gradients travel from rank to rank together: small layers, or a part of a large one.
struct GradientBucket {
  /// Each rank's slice of the bucket, as blocks of ``ParameterBlocks``: what the rank adds up and steps.
  let blocks: [Range<Int>]
  /// Each rank's slice of the bucket, as elements of the flat vector.
  let elements: [Range<Int>]

  /// A layer with fewer parameters travels with the one before it.
  private static let smallest = 16_384
  /// A larger layer travels in parts of this many parameters, so that one part is added up while the next is
  /// on its way.
  private static let largest = 1 << 20

  init(_ slices: [Range<Int>], of blocks: ParameterBlocks) {
    self.blocks = slices
    elements = slices.map(blocks.elements)
  }

  /// Cuts a network's parameters into buckets, in the order in which they become ready: the last layers
  /// first.
  ///
  /// - Parameters:
  ///   - layout: The parameters.
  ///   - start: The first element that travels.
  ///   - ranks: The number of ranks that share each bucket.
  /// - Returns: The buckets, and the range of buckets of each layer.
  static func cut(
    _ layout: StepLayout, from start: Int, ranks: Int
  ) -> (buckets: [GradientBucket], ofLayer: [Range<Int>]) {
    let blocks = layout.blocks
    // Every rank should have several blocks of a part.
    let largest = max(Self.largest, 8 * ParameterBlocks.wanted * ranks)
    var ofLayer = [Range<Int>](repeating: 0..<0, count: layout.network.layers.count)
    var buckets: [GradientBucket] = []
    for members in layers(of: layout.network, from: start) {
      let pieces = (members.elements.count + largest - 1) / largest
      let first = buckets.count
      buckets += blocks.slices(of: blocks.indices(of: members.elements), count: max(1, pieces)).map {
        GradientBucket(blocks.slices(of: $0, count: ranks), of: blocks)
      }
      for layer in members.layers { ofLayer[layer] = first..<buckets.count }
    }
    return (buckets, ofLayer)
  }

  /// The layers whose parameters begin at some element or later, the last layers first; small ones are
  /// joined.
  private static func layers(
    of network: Network, from start: Int
  ) -> [(layers: [Int], elements: Range<Int>)] {
    var groups: [(layers: [Int], elements: Range<Int>)] = []
    for layer in network.layers.indices.reversed() {
      let tensors = network.parameters.filter {
        $0.layer == layer && $0.range.lowerBound >= start && $0.description.role != .fixed
      }
      guard let first = tensors.first, let last = tensors.last else { continue }
      let elements = first.range.lowerBound..<last.range.upperBound
      if let group = groups.last, group.elements.count < smallest {
        groups[groups.count - 1] = (group.layers + [layer], elements.lowerBound..<group.elements.upperBound)
      } else {
        groups.append(([layer], elements))
      }
    }
    return groups
  }
}
