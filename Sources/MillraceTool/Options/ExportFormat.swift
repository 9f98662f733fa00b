public import ArgumentParser
public import MillraceExport

extension MillraceExport.ExportFormat: ExpressibleByArgument {}
extension MillraceExport.ONNXInput: ExpressibleByArgument {}

/// The types of smaller weights.
enum WeightType: String, ExpressibleByArgument, CaseIterable {
  case int8
}
