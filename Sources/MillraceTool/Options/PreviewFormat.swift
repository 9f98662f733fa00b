public import ArgumentParser
public import Millrace

extension Millrace.Preview.FileFormat: ExpressibleByArgument {
  /// Reads `png`, `jpeg` or `jpg`.
  public init?(argument: String) {
    self.init(rawValue: argument == "jpg" ? "jpeg" : argument)
  }
}
