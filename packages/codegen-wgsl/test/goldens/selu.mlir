// target: hardware
// dispatches: 1
module @selu {
  func.func public @main(%x: tensor<100000xf32>) -> tensor<100000xf32> {
    %cst = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<100000xf32>
    %1 = stablehlo.compare GT, %x, %0 : (tensor<100000xf32>, tensor<100000xf32>) -> tensor<100000xi1>
    %2 = stablehlo.exponential %x : tensor<100000xf32>
    %cst_0 = stablehlo.constant dense<1.0> : tensor<f32>
    %3 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<100000xf32>
    %4 = stablehlo.subtract %2, %3 : tensor<100000xf32>
    %cst_1 = stablehlo.constant dense<1.67> : tensor<f32>
    %5 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<100000xf32>
    %6 = stablehlo.multiply %4, %5 : tensor<100000xf32>
    %7 = stablehlo.select %1, %x, %6 : tensor<100000xi1>, tensor<100000xf32>
    %cst_2 = stablehlo.constant dense<1.05> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<100000xf32>
    %9 = stablehlo.multiply %7, %8 : tensor<100000xf32>
    return %9 : tensor<100000xf32>
  }
}
