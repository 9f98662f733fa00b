import MillraceTraining

extension RunComparison {
  /// The weights of each run as histograms, layer by layer, which show the effect of a penalty.
  var histograms: PageSection? {
    let drawn = drawn
    let layers = drawn.map { run in
      (run.record.epochs.last(where: { $0.statistics != nil })?.statistics?.weights ?? [])
        .filter { !$0.histogram.isEmpty }
    }
    let places = LayerPlace.all(of: layers.map(\.count))
    guard !places.isEmpty else { return nil }
    let rows = places.flatMap { place -> [Markup] in
      let weights = layers.map { layers in place.index(among: layers.count).map { layers[$0] } }
      let counts = weights.map { $0.map(HistogramPlot.Counts.init) }
      let common = HistogramPlot.shared(counts.compactMap { $0 })
      let plots = drawn.indices.map { index -> Markup? in
        guard let weights = weights[index], let counts = counts[index] else { return nil }
        return HistogramPlot(
          title: title(of: drawn[index]), note: "\(weights.name): \(weights.inWords)", counts: counts,
          color: index + 1, range: common?.range, highest: common?.highest
        ).markup
      }
      return [
        PageSection.heading(place.title), .plots(plots),
        common == nil ? .note("These differ so much that each has a scale of its own.") : .empty,
      ]
    }
    return PageSection(
      id: "weights", title: "Weights",
      content: [drawnNote ?? .empty] + rows + [
        .note("After the last epoch.")
      ])
  }

  /// The first layer of each run.
  var firstLayers: PageSection? {
    let content = drawn.flatMap { run -> [Markup] in
      guard let layer = run.record.firstLayer, layer.saysSomething else { return [] }
      return [PageSection.heading(title(of: run)), PageSection.pictures(of: layer, most: Self.mostPictures)]
    }
    return content.isEmpty ? nil : PageSection(id: "first-layer", title: "First layer", content: content)
  }

  /// The largest number of pictures of a run, so that a page of many runs stays small.
  private static let mostPictures = 12
}

/// The place of a layer in networks of different depths: counted from the front in the first half of a network, and
/// from the end in the second, so that first layers are compared with first ones and last layers with last ones.
enum LayerPlace: Hashable, Sendable {
  case fromFront(Int)
  case fromEnd(Int)

  /// The place of a layer, counted from 0, among some layers. Each layer has one place; the last is always the last.
  init(of index: Int, among count: Int) {
    self = index < count - 1 && index < (count + 1) / 2 ? .fromFront(index) : .fromEnd(count - 1 - index)
  }

  /// The places of some networks together, from the input to the output.
  ///
  /// - Parameter counts: The number of layers of each network.
  static func all(of counts: [Int]) -> [LayerPlace] {
    let places = Set(counts.flatMap { count in (0..<count).map { LayerPlace(of: $0, among: count) } })
    return places.sorted { $0.rank < $1.rank }
  }

  /// The layer of a network that has this place; nil where none has.
  func index(among count: Int) -> Int? {
    (0..<count).first { LayerPlace(of: $0, among: count) == self }
  }

  /// Places from the front ascend from the lowest number, places from the end descend to the highest.
  private var rank: Int {
    switch self {
    case .fromFront(let index): index
    case .fromEnd(let distance): Int.max - distance
    }
  }

  var title: String {
    switch self {
    case .fromEnd(0): "Last layer"
    case .fromEnd(let distance): "Layer \(distance + 1) from the end"
    case .fromFront(0): "First layer"
    case .fromFront(let index): "Layer \(index + 1)"
    }
  }
}
