/// The largest of a unit's pieces: y[j] = max over p of x[p · outputs + j].
struct MaxoutStep: NetworkStep {
  let outputCount: Int
  let pieces: Int

  var inputCount: Int { pieces * outputCount }

  func run(_ input: [Float]) -> [Float] {
    (0..<outputCount).map { unit in
      (1..<max(1, pieces)).reduce(input[unit]) { max($0, input[$1 * outputCount + unit]) }
    }
  }

  func write(to source: inout CSource, named name: String, from input: String, to output: String) {
    source.call(.maxout, "\(input), \(output), \(outputCount), \(pieces)")
  }
}

extension CFunction {
  static let maxout = CFunction(
    "maxout",
    """
    /* y = the largest of each unit's pieces, which stand `units` apart. */
    static void maxout(const float *x, float *y, int units, int pieces) {
      int unit, piece;
      for (unit = 0; unit < units; unit++) y[unit] = x[unit];
      for (piece = 1; piece < pieces; piece++)
        for (unit = 0; unit < units; unit++)
          if (x[piece * units + unit] > y[unit]) y[unit] = x[piece * units + unit];
    }
    """)
}
