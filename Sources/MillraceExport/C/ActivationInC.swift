import MillraceNetwork

extension CFunction {
  /// The function that makes an activation of some values, in place; nil where they stay as they are.
  static func of(_ activation: ActivationKind) -> CFunction? {
    switch activation {
    case .identity: nil
    case .sigmoid: sigmoid
    case .tanh: elementwise("hyperbolic_tangent", "tanhf(x[i])")
    case .relu: elementwise("relu", "x[i] < 0 ? 0 : x[i]")
    case .leakyReLU: elementwise("leaky_relu", "x[i] < 0 ? 0.01f * x[i] : x[i]")
    case .elu: elementwise("elu", "x[i] < 0 ? expm1f(x[i]) : x[i]")
    case .selu:
      elementwise("selu", "1.0507009873554805f * (x[i] < 0 ? 1.6732632423543772f * expm1f(x[i]) : x[i])")
    case .gelu: elementwise("gelu", "0.5f * x[i] * (1 + erff(0.70710678f * x[i]))")
    }
  }

  static let sigmoid = elementwise("sigmoid", "1 / (1 + expf(-x[i]))")

  private static func elementwise(_ name: String, _ formula: String) -> CFunction {
    CFunction(
      name,
      """
      static void \(name)(float *x, int count) {
        int i;
        for (i = 0; i < count; i++) x[i] = \(formula);
      }
      """)
  }

  static let softmax = CFunction(
    "softmax",
    """
    static void softmax(float *x, int count) {
      float largest = x[0], total = 0;
      int i;
      for (i = 1; i < count; i++)
        if (x[i] > largest) largest = x[i];
      for (i = 0; i < count; i++) {
        x[i] = expf(x[i] - largest);
        total += x[i];
      }
      for (i = 0; i < count; i++) x[i] /= total;
    }
    """)

  /// Divides the logarithms of probabilities by the temperature of a calibrated model.
  static let calibrate = CFunction(
    "calibrate",
    """
    /* p^(1/T), divided by their sum. One that was too small for a float counts as the least that there is. */
    static double logarithm(float x) { return log(x > FLT_MIN ? x : FLT_MIN); }

    static void calibrate(float *x, int count, double temperature) {
      double largest = logarithm(x[0]), total = 0;
      int i;
      for (i = 1; i < count; i++)
        if (logarithm(x[i]) > largest) largest = logarithm(x[i]);
      for (i = 0; i < count; i++) total += exp((logarithm(x[i]) - largest) / temperature);
      for (i = 0; i < count; i++) x[i] = (float)(exp((logarithm(x[i]) - largest) / temperature) / total);
    }
    """)
}
