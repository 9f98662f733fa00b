import MillraceModels

/// A model as one file of C99 and its header, which need nothing but `math.h`.
struct CFile {
  /// The file, UTF-8.
  let source: [UInt8]
  /// The header.
  let header: String

  /// The largest file that is written: compilers take more memory than it has.
  static let byteLimit = 1 << 31 - 1

  /// - Parameters:
  ///   - model: Whose networks.
  ///   - name: The names of the files without their endings.
  ///   - quantization: How many bits weights have.
  /// - Throws: ``ExportError``, or what reading images throws.
  init(_ model: Model, named name: String, quantization: Quantization) throws {
    let bytesPerWeight = if case .float32 = quantization { 13 } else { 5 }
    let byteCount = bytesPerWeight * model.parameters.count * model.members.count
    guard byteCount <= Self.byteLimit else {
      throw ExportError.tooLarge(format: .c, byteCount: byteCount, limit: Self.byteLimit)
    }
    var members = try model.members.map { try model.steps(of: $0, format: .c) }
    if case .int8(let images) = quantization { members = try model.quantized(members, on: images) }

    var code = CSource()
    var networks: [String] = []
    var widest = model.preprocessing.channels.rawValue * model.preprocessing.size.width
    for (index, steps) in members.enumerated() {
      let member = members.count > 1 ? "\(index + 1)_" : ""
      for (place, step) in steps.enumerated() {
        // The input, then two places in turn, then the output.
        let from = place == 0 ? "input" : ["a", "b"][(place + 1) % 2]
        let to = place == steps.count - 1 ? "output" : ["a", "b"][place % 2]
        step.write(to: &code, named: "\(member)\(place)", from: from, to: to)
        if place < steps.count - 1 { widest = max(widest, step.outputCount) }
      }
      networks.append(
        Self.function(
          "network_\(index + 1)", code.takeStatements(), steps: steps.count,
          memory: CLayout.memory(numbers: code.numberCount, window: code.windowCount)))
    }
    let layout = CLayout(
      prefix: CIdentifier.prefix(of: name), model: model, widest: widest, numbers: code.numberCount,
      window: code.windowCount)
    header = CHeader(layout: layout, name: name, quantization: quantization).text
    let output = CAnswer(model: model)
    if let function = output.function { code.use(function) }
    if model.temperature != 1 { code.use(.calibrate) }

    let beginning = """
      /* A classifier of pictures, written by millrace export. \(name).h says how it is used. */
      #include "\(name).h"

      #include <math.h>
      \(model.temperature != 1 ? "#include <float.h>\n" : "")
      const char *const \(layout.prefix)_class_names[\(layout.macro)_CLASSES] = {
      \(model.classes.map { "  \(cLiteral($0))," }.joined(separator: "\n"))
      };

      /* Weights. */


      """
    let picture = CPicture(preprocessing: model.preprocessing)
    let end =
      ([""] + code.functions.map(\.text) + networks + [picture.text, layout.functions(picture, output)])
      .joined(separator: "\n\n") + "\n"
    source = Array(beginning.utf8) + code.constants + Array(end.utf8)
  }

  /// A function that computes a network.
  private static func function(
    _ name: String, _ statements: [String], steps: Int, memory: [(type: String, name: String)]
  ) -> String {
    // A linear classifier has nothing between its input and its output.
    let unused = ["a", "b"].dropFirst(steps - 1)
    let ignored = unused.isEmpty ? "" : "\n  " + unused.map { "(void)\($0);" }.joined(separator: " ")
    let parameters = (["const float *input"] + memory.map { "\($0.type) *\($0.name)" } + ["float *output"])
      .joined(separator: ", ")
    return """
      static void \(name)(\(parameters)) {\(ignored)
        \(statements.joined(separator: "\n  "))
      }
      """
  }
}
