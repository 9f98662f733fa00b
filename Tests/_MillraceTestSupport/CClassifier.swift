public import MillraceImages

/// A classifier in C, compiled with a program of its own that hands it pictures.
public struct CClassifier {
  private let folder: TemporaryFolder
  private let program: String

  /// Compiles a classifier without a warning.
  ///
  /// - Parameters:
  ///   - source: The path of its file, which ends with `.c`.
  ///   - prefix: What its public names begin with.
  ///   - flags: More flags.
  public init(_ source: String, prefix: String, with compiler: CCompiler, _ flags: [String]) throws {
    folder = try TemporaryFolder()
    program = folder.file("classify")
    let main = try folder.put(Array(Self.main(String(source.dropLast(2)) + ".h", prefix).utf8), at: "main.c")
    let outcome = try compiler.compile([source, main], to: program, flags)
    guard outcome.status == 0, outcome.errors.isEmpty else { throw Failure(text: outcome.errors) }
  }

  /// It could not be compiled, or did not run to its end.
  public struct Failure: Error, CustomStringConvertible {
    let text: String
    /// What the compiler or the program has said.
    public var description: String { text }
  }

  /// What it says of some pictures: the place of the largest output, and the outputs.
  ///
  /// - Parameter gap: The bytes between the rows of a picture.
  public func classify(_ pictures: [Image], gap: Int = 0) throws -> [(best: Int, outputs: [Float])] {
    var bytes: [UInt8] = []
    for picture in pictures {
      precondition(picture.channels == .rgb, "pictures have three channels")
      for number in [picture.width, picture.height, 3 * picture.width + gap] {
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
      }
      for y in 0..<picture.height {
        bytes += picture.pixels[3 * y * picture.width..<3 * (y + 1) * picture.width]
        // Nothing is read behind the last row.
        if y < picture.height - 1 { bytes += Array(repeating: 77, count: gap) }
      }
    }
    let outcome = try CCompiler.run(program, [try folder.put(bytes, at: "pictures")])
    guard outcome.status == 0 else { throw Failure(text: outcome.errors) }
    return outcome.output.split(separator: "\n").map { line in
      let numbers = line.split(separator: " ")
      return (Int(numbers[0]) ?? -2, numbers.dropFirst().map { Float($0) ?? .nan })
    }
  }

  /// A program that reads pictures one after another and writes a line for each. Memory is of the size that is asked for, so
  /// that a sanitizer sees what lies beyond.
  private static func main(_ header: String, _ prefix: String) -> String {
    let macro = prefix.uppercased()
    return """
      #include "\(header)"
      #include <stdio.h>
      #include <stdlib.h>

      static int number(FILE *file, long *value) {
        unsigned char bytes[4];
        if (fread(bytes, 1, 4, file) != 4) return 0;
        *value = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (long)bytes[3] << 24;
        return 1;
      }

      int main(int count, char **arguments) {
        FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
        float *workspace = malloc(\(macro)_WORKSPACE * sizeof *workspace);
        float *outputs = malloc(\(macro)_CLASSES * sizeof *outputs);
        long width, height, stride;
        if (!file || !workspace || !outputs) return 2;
        if (\(prefix)_classify(NULL, 0, 1, 3, workspace, outputs) != -1) return 3;
        if (\(prefix)_classify(NULL, 1, -1, 3, workspace, outputs) != -1) return 3;
        if (\(prefix)_classify(NULL, 2, 1, 5, workspace, outputs) != -1) return 3;
        if (\(prefix)_classify(NULL, \(macro)_LARGEST_SIDE + 1, 1, 1u << 20, workspace, outputs) != -1) return 3;
        if (!\(prefix)_class_names[\(macro)_CLASSES - 1]) return 4;
        while (number(file, &width) && number(file, &height) && number(file, &stride)) {
          size_t size = (size_t)((height - 1) * stride + 3 * width);
          unsigned char *rgb = malloc(size);
          int i, best;
          if (!rgb || fread(rgb, 1, size, file) != size) return 5;
          best = \(prefix)_classify(rgb, (int)width, (int)height, (size_t)stride, workspace, outputs);
          printf("%d", best);
          for (i = 0; i < \(macro)_CLASSES; i++) printf(" %.9g", outputs[i]);
          printf("\\n");
          free(rgb);
        }
        free(workspace);
        free(outputs);
        fclose(file);
        return 0;
      }

      """
  }
}
