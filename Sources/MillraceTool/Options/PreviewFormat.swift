public import ArgumentParser
public import MillraceWorkshop

extension MillraceWorkshop.Preview.FileFormat: ExpressibleByArgument {
  /// Reads `png`, `jpeg` or `jpg`.
  public init?(argument: String) {
    self.init(rawValue: argument == "jpg" ? "jpeg" : argument)
  }
}
