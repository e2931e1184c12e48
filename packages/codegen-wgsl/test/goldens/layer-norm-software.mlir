// target: software
// dispatches: 1
module @layer_norm_software {
  func.func public @main(%x: tensor<200x512xf32>, %g: tensor<512xf32>, %b: tensor<512xf32>) -> tensor<200x512xf32> {
    %cst = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.reduce(%x init: %cst) applies stablehlo.add across dimensions = [1] : (tensor<200x512xf32>, tensor<f32>) -> tensor<200xf32>
    %1 = stablehlo.reshape %0 : (tensor<200xf32>) -> tensor<200x1xf32>
    %cst_0 = stablehlo.constant dense<512.0> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<200x1xf32>
    %3 = stablehlo.divide %1, %2 : tensor<200x1xf32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<200x1xf32>) -> tensor<200x512xf32>
    %5 = stablehlo.subtract %x, %4 : tensor<200x512xf32>
    %6 = chlo.square %5 : tensor<200x512xf32> -> tensor<200x512xf32>
    %cst_1 = stablehlo.constant dense<0.0> : tensor<f32>
    %7 = stablehlo.reduce(%6 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<200x512xf32>, tensor<f32>) -> tensor<200xf32>
    %8 = stablehlo.reshape %7 : (tensor<200xf32>) -> tensor<200x1xf32>
    %cst_2 = stablehlo.constant dense<512.0> : tensor<f32>
    %9 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<200x1xf32>
    %10 = stablehlo.divide %8, %9 : tensor<200x1xf32>
    %cst_3 = stablehlo.constant dense<0.00001> : tensor<f32>
    %11 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<200x1xf32>
    %12 = stablehlo.add %10, %11 : tensor<200x1xf32>
    %13 = stablehlo.sqrt %12 : tensor<200x1xf32>
    %14 = stablehlo.broadcast_in_dim %13, dims = [0, 1] : (tensor<200x1xf32>) -> tensor<200x512xf32>
    %15 = stablehlo.divide %5, %14 : tensor<200x512xf32>
    %16 = stablehlo.broadcast_in_dim %g, dims = [1] : (tensor<512xf32>) -> tensor<200x512xf32>
    %17 = stablehlo.multiply %15, %16 : tensor<200x512xf32>
    %18 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<512xf32>) -> tensor<200x512xf32>
    %19 = stablehlo.add %17, %18 : tensor<200x512xf32>
    return %19 : tensor<200x512xf32>
  }
}
