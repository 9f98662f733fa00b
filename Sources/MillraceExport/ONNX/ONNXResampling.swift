import MillraceImages

/// An axis of a picture in a graph.
struct ONNXAxis {
  /// What stands before the names of its values.
  let name: String
  /// The name of the picture's side, a whole number of pixels.
  let side: String
  /// The name of the length of what fills the output, a Double in the same pixels.
  let box: String
  /// The name of the number of pixels after the reduction.
  let pixels: String
  /// The output's pixels.
  let count: Int
}

/// The matrices that resample a picture in a graph: the triangle filter of the pipeline, as wide as it must be not to
/// alias.
extension ONNXGraphBuilder {
  /// The name of the matrix of an axis, F32 of (count, pixels): what each pixel of the reduced picture counts for in each
  /// pixel of the output. With a background a row's sum is the share of the output's pixel that lies on the picture, else 1.
  ///
  /// - Parameters:
  ///   - axis: The axis.
  ///   - factor: The name of the reduction's factor, a Double.
  ///   - fit: What part of the picture is shown.
  mutating func taps(_ axis: ONNXAxis, factor: String, fit: PictureFit) -> String {
    let name = axis.name
    let side = node("Cast", name + ".side", [axis.side], [.to(.double)])
    let free = node("Mul", name + ".free", [node("Sub", name + ".beside", [side, axis.box]), real(0.5)])
    let start = node("Div", name + ".start", [free, factor])
    let length = node("Div", name + ".length", [axis.box, factor])
    let end = node("Div", name + ".end", [side, factor])
    let scale = node("Div", name + ".scale", [length, real(Double(axis.count))])
    let indices = constant(
      name + ".indices", doubles: (0..<axis.count).map { Double($0) + 0.5 }, shape: [axis.count, 1])
    let centers = node(
      "Add", name + ".centers", [node("Mul", name + ".distances", [indices, scale]), start])
    let reach = node("Max", name + ".reach", [scale, real(1)])

    let places =
      fit == .padReflect
      ? mirroredPlaces(axis, start: start, length: length, end: end, reach: reach)
      : node("Range", name + ".filtered", [whole(0), axis.pixels, whole(1)])
    // The last pixel of a reduced picture may stand for less than a whole one.
    let pixels = node("Cast", name + ".pixels", [axis.pixels], [.to(.double)])
    let excess = node("Sub", name + ".excess", [end, pixels])
    let lower = edges(places, of: axis, excess: excess, named: name + ".lower")
    let next = node("Add", name + ".next", [places, whole(1)])
    let upper = edges(next, of: axis, excess: excess, named: name + ".upper")
    let middles = node(
      "Mul", name + ".middles",
      [
        node("Add", name + ".middles.doubled", [lower, upper]), real(0.5),
      ])
    let gaps = node("Abs", name + ".gaps", [node("Sub", name + ".offsets", [middles, centers])])
    let nearness = node("Sub", name + ".nearness", [real(1), node("Div", name + ".farness", [gaps, reach])])
    let triangle = node("Max", name + ".triangle", [nearness, real(0)])
    let weights = node("Mul", name + ".weights", [node("Sub", name + ".shares", [upper, lower]), triangle])
    let sums = node("ReduceSum", name + ".sums", [weights, wholes([1])], [.integer("keepdims", 1)])
    // Where nothing is reached nothing is divided.
    let taps = node("Div", name + ".taps", [weights, node("Max", name + ".divisors", [sums, real(1e-12)])])

    let matrix: String
    switch fit {
    case .crop, .stretch: matrix = taps
    case .pad:
      matrix = node(
        "Mul", name + ".covered",
        [
          taps, coverage(axis, centers: centers, scale: scale, end: end),
        ])
    case .padReflect: matrix = folded(taps, places: places, axis)
    }
    return node("Cast", name + ".matrix", [matrix], [.to(.float)])
  }

  /// Where places begin: at whole numbers, and past the picture in steps of 1 from its end.
  private mutating func edges(
    _ places: String, of axis: ONNXAxis, excess: String, named name: String
  ) -> String {
    let values = node("Cast", name + ".values", [places], [.to(.double)])
    let isInside = node("Less", name + ".inside", [places, axis.pixels])
    return node("Where", name, [isInside, values, node("Add", name + ".moved", [values, excess])])
  }

  /// How much of each pixel of the output lies on the picture, as a column.
  private mutating func coverage(_ axis: ONNXAxis, centers: String, scale: String, end: String) -> String {
    let name = axis.name + ".coverage"
    let half = node("Mul", name + ".half", [scale, real(0.5)])
    let high = node("Min", name + ".high", [node("Add", name + ".above", [centers, half]), end])
    let low = node("Max", name + ".low", [node("Sub", name + ".below", [centers, half]), real(0)])
    let share = node("Div", name + ".share", [node("Sub", name + ".length", [high, low]), scale])
    return node("Max", name, [node("Min", name + ".most", [share, real(1)]), real(0)])
  }

  /// The places that the filter reaches, also outside of a picture that ends within the box.
  private mutating func mirroredPlaces(
    _ axis: ONNXAxis, start: String, length: String, end: String, reach: String
  ) -> String {
    let name = axis.name + ".mirror"
    let close = node("Add", name + ".close", [start, length])
    let limit = node("Add", name + ".limit", [end, real(1e-6)])
    let isNeeded = node(
      "Or", name + ".needed",
      [
        node("Less", name + ".before", [start, real(-1e-6)]),
        node("Greater", name + ".behind", [close, limit]),
      ])
    let first = floored(node("Sub", name + ".start", [start, reach]), named: name + ".first")
    let last = floored(node("Add", name + ".end", [close, reach]), named: name + ".last")
    let from = node(
      "Where", name + ".from",
      [
        isNeeded, node("Sub", name + ".first.more", [first, whole(1)]), whole(0),
      ])
    let to = node(
      "Where", name + ".to",
      [
        isNeeded, node("Add", name + ".last.more", [last, whole(2)]), axis.pixels,
      ])
    return node("Range", name + ".places", [from, to, whole(1)])
  }

  private mutating func floored(_ position: String, named name: String) -> String {
    node("Cast", name, [node("Floor", name + ".floor", [position])], [.to(.int64)])
  }

  /// Adds what mirror images weigh to the pixels that they show.
  private mutating func folded(_ taps: String, places: String, _ axis: ONNXAxis) -> String {
    let name = axis.name + ".fold"
    let last = node("Sub", name + ".last", [axis.pixels, whole(1)])
    let period = node("Max", name + ".period", [node("Mul", name + ".both", [last, whole(2)]), whole(1)])
    let moved = node("Mod", name + ".moved", [node("Add", name + ".shifted", [places, last]), period])
    let pixels = node("Abs", name + ".pixels", [node("Sub", name + ".back", [moved, last])])
    let column = node("Unsqueeze", name + ".column", [pixels, wholes([1])])
    let all = node("Range", name + ".all", [whole(0), axis.pixels, whole(1)])
    let isShown = node("Equal", name + ".shown", [column, all])
    return node(
      "MatMul", name + ".taps",
      [
        taps, node("Cast", name + ".matrix", [isShown], [.to(.double)]),
      ])
  }
}
