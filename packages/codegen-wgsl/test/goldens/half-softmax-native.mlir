// target: halves
// dispatches: 1
module @half_softmax_native {
  func.func public @main(%x: tensor<20x90xf16>) -> tensor<20x90xf16> {
    %cst = stablehlo.constant dense<0xFC00> : tensor<f16>
    %0 = stablehlo.reduce(%x init: %cst) applies stablehlo.maximum across dimensions = [1] : (tensor<20x90xf16>, tensor<f16>) -> tensor<20xf16>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0] : (tensor<20xf16>) -> tensor<20x90xf16>
    %2 = stablehlo.subtract %x, %1 : tensor<20x90xf16>
    %3 = stablehlo.exponential %2 : tensor<20x90xf16>
    %cst_0 = stablehlo.constant dense<0.0> : tensor<f16>
    %4 = stablehlo.reduce(%3 init: %cst_0) applies stablehlo.add across dimensions = [1] : (tensor<20x90xf16>, tensor<f16>) -> tensor<20xf16>
    %5 = stablehlo.broadcast_in_dim %4, dims = [0] : (tensor<20xf16>) -> tensor<20x90xf16>
    %6 = stablehlo.divide %3, %5 : tensor<20x90xf16>
    return %6 : tensor<20x90xf16>
  }
}
