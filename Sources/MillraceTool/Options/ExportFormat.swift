public import ArgumentParser
public import MillraceExport

extension MillraceExport.ExportFormat: ExpressibleByArgument {}
