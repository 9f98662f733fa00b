import MillraceImages

/// How a picture is reduced in a graph, as the canonical decode does it.
extension ONNXGraphBuilder {
  /// What a reduction is and leaves, as names of whole numbers.
  struct Reduction {
    let factor: String
    let columns: String
    let rows: String
  }

  /// Reduces the picture at the chain's end, (height, width, channels), by the largest of 8, 4, 2 and 1 that leaves enough
  /// pixels: each becomes the mean of a square, rounded, and squares that stick out are means of what there is.
  ///
  /// - Parameters:
  ///   - width: The name of the picture's width.
  ///   - height: The name of its height.
  ///   - enough: The pixels that must be left.
  ///   - channels: The picture's channels.
  mutating func addReduction(
    width: String, height: String, leaving enough: ImageSize, channels: Int
  ) -> Reduction {
    let factors = wholes([8, 4, 2])
    let columnsLeft = reduced(width, by: factors, named: "reduction.columns.left")
    let rowsLeft = reduced(height, by: factors, named: "reduction.rows.left")
    let isWide = node("GreaterOrEqual", "reduction.columns.suffice", [columnsLeft, whole(enough.width)])
    let isHigh = node("GreaterOrEqual", "reduction.rows.suffice", [rowsLeft, whole(enough.height)])
    let isEnough = node("And", "reduction.suffices", [isWide, isHigh])
    let possible = node("Where", "reduction.possible", [isEnough, factors, whole(1)])
    let factor = node("ReduceMax", "reduction.factor", [possible], [.integer("keepdims", 0)])
    let columns = reduced(width, by: factor, named: "reduction.columns")
    let rows = reduced(height, by: factor, named: "reduction.rows")

    // Zeros make whole squares of those that stick out: sums are what they were.
    let below = missing(height, of: rows, by: factor, named: "reduction.rows.missing")
    let beside = missing(width, of: columns, by: factor, named: "reduction.columns.missing")
    let pads = node(
      "Concat", "reduction.pads", [wholes([0, 0, 0]), below, beside, wholes([0])], [.integer("axis", 0)])
    add("Pad", "reduction.filled", [pads])
    let side = vector(factor, named: "reduction.side")
    let shape = node(
      "Concat", "reduction.squares.shape",
      [
        vector(rows, named: "reduction.rows.vector"), side,
        vector(columns, named: "reduction.columns.vector"), side, wholes([channels]),
      ], [.integer("axis", 0)])
    add("Reshape", "reduction.squares", [shape])
    add("ReduceSum", "reduction.sums", [wholes([1, 3])], [.integer("keepdims", 0)])

    // (sum + count / 2) / count in whole numbers.
    let high = extents(of: height, pixels: rows, factor: factor, named: "reduction.rows", axes: [1, 2])
    let wide = extents(of: width, pixels: columns, factor: factor, named: "reduction.columns", axes: [0, 2])
    let counts = node("Mul", "reduction.counts", [high, wide])
    let halves = node(
      "Floor", "reduction.halves",
      [
        node("Mul", "reduction.halves.exact", [counts, constant("reduction.half", [0.5])])
      ])
    add("Add", "reduction.raised", [halves])
    add("Div", "reduction.means.exact", [counts])
    add("Floor", "reduction.means")
    return Reduction(factor: factor, columns: columns, rows: rows)
  }

  /// How many squares a side is cut into: (side + factor − 1) / factor.
  private mutating func reduced(_ side: String, by factor: String, named name: String) -> String {
    let sum = node("Add", name + ".sum", [side, factor])
    return node("Div", name, [node("Sub", name + ".raised", [sum, whole(1)]), factor])
  }

  /// By how much the squares of a side stick out, as a vector of one.
  private mutating func missing(
    _ side: String, of pixels: String, by factor: String, named name: String
  ) -> String {
    let covered = node("Mul", name + ".covered", [pixels, factor])
    return vector(node("Sub", name, [covered, side]), named: name + ".vector")
  }

  private mutating func vector(_ scalar: String, named name: String) -> String {
    node("Unsqueeze", name, [scalar, wholes([0])])
  }

  /// How many pixels of the picture each square has along a side.
  private mutating func extents(
    of side: String, pixels: String, factor: String, named name: String, axes: [Int]
  ) -> String {
    let places = node("Range", name + ".places", [whole(0), pixels, whole(1)])
    let starts = node("Mul", name + ".starts", [places, factor])
    let left = node("Sub", name + ".rest", [side, starts])
    let extents = node("Min", name + ".extents", [left, factor])
    let values = node("Cast", name + ".extents.values", [extents], [.to(.float)])
    return node("Unsqueeze", name + ".extents.placed", [values, wholes(axes)])
  }
}
